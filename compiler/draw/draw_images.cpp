#include <algorithm>
#include <cmath>

#include "compiler/draw/parts.h"

namespace dnnc::chart {
namespace {

constexpr double between_images = 14, share_row = 21;

struct Cells {
  int64_t columns = 1, rows = 1;
  double width = 0, picture = 0, caption = 0, shares = 0;
  bool two_lines = false;  ///< of some captions
  double names = 0;        ///< room for those of shares
  double height() const { return picture + caption + shares; }
};

constexpr double caption_line = text_font.size * 1.25;

Font font_of(const Images::Image& image) {
  return image.role == Role::Bad ? Font{text_font.size, Weight::Bold} : text_font;
}

/// A caption that is too long for a line is two, parted at the last space that lets the first have room.
std::pair<std::string, std::string> caption_of(const Canvas& canvas, const Images::Image& image, double room) {
  const std::string& text = image.caption;
  if (canvas.width_of(text, font_of(image)) <= room) return {text, ""};
  for (size_t space = text.rfind(' '); space != text.npos && space > 0; space = text.rfind(' ', space - 1))
    if (canvas.width_of(text.substr(0, space), font_of(image)) <= room)
      return {text.substr(0, space), text.substr(space + 1)};
  return {text, ""};
}

Cells cells_of(const Canvas& canvas, const Images& images, double width) {
  Cells cells;
  const auto count = static_cast<int64_t>(images.images.size());
  cells.columns = std::max<int64_t>(1, std::min(images.columns, std::max<int64_t>(1, count)));
  cells.rows = (count + cells.columns - 1) / cells.columns;
  cells.width = (width - between_images * static_cast<double>(cells.columns - 1)) / static_cast<double>(cells.columns);
  double most = 0;
  bool captions = false;
  size_t shares = 0;
  for (const Images::Image& image : images.images) {
    if (image.width > 0) most = std::max(most, static_cast<double>(image.height) / static_cast<double>(image.width));
    captions = captions || !image.caption.empty();
    cells.two_lines = cells.two_lines || !caption_of(canvas, image, cells.width).second.empty();
    shares = std::max(shares, image.shares.size());
    for (const Images::Share& share : image.shares)
      cells.names = std::max(cells.names, canvas.width_of(share.name, small_font) + 8);
  }
  cells.names = std::clamp(cells.names, cells.width * 0.3, cells.width * 0.62);
  cells.picture = std::min(cells.width, cells.width * most);
  cells.caption = captions ? text_font.size * 1.5 + (cells.two_lines ? caption_line : 0) : 0;
  cells.shares = shares > 0 ? static_cast<double>(shares) * share_row + 6 : 0;
  return cells;
}

std::vector<uint8_t> with_opacity(const std::vector<uint8_t>& rgb) {
  std::vector<uint8_t> rgba;
  rgba.reserve(rgb.size() / 3 * 4);
  for (size_t k = 0; k + 2 < rgb.size(); k += 3) rgba.insert(rgba.end(), {rgb[k], rgb[k + 1], rgb[k + 2], 255});
  return rgba;
}

/// A name and a bar of what is sure of it.
void draw_share(Canvas& canvas, const Images::Share& share, double names, const Area& area) {
  canvas.text({area.x, area.y + small_font.size}, canvas.fitted(share.name, small_font, names - 6), small_font,
              canvas.paint(Role::Ink));
  const Area whole = {area.x + names, area.y + 5, area.width - names, small_font.size * 0.75};
  canvas.fill(whole, canvas.paint(Role::Quiet).with_opacity(0.22));
  canvas.fill({whole.x, whole.y, whole.width * std::clamp(share.value, 0.0, 1.0), whole.height},
              canvas.paint(share.colour));
}

}  // namespace

double height_of(const Canvas& canvas, const Images& images, double width) {
  const Cells cells = cells_of(canvas, images, width);
  return static_cast<double>(cells.rows) * (cells.height() + between_images);
}

void draw(Canvas& canvas, const Images& images, const Area& area) {
  const Cells cells = cells_of(canvas, images, area.width);
  for (size_t k = 0; k < images.images.size(); ++k) {
    const Images::Image& image = images.images[k];
    const auto column = static_cast<double>(static_cast<int64_t>(k) % cells.columns);
    const auto row = static_cast<double>(static_cast<int64_t>(k) / cells.columns);
    const Area cell = {area.x + column * (cells.width + between_images),
                       area.y + row * (cells.height() + between_images), cells.width, cells.height()};
    if (image.width > 0 && image.height > 0) {
      const double scale =
          std::min(cells.width / static_cast<double>(image.width), cells.picture / static_cast<double>(image.height));
      const double wide = scale * static_cast<double>(image.width), high = scale * static_cast<double>(image.height);
      const Area picture = {cell.x + (cells.width - wide) / 2, cell.y + (cells.picture - high) / 2, wide, high};
      canvas.image(picture, image.width, image.height, with_opacity(image.rgb));
      const bool judged = image.role == Role::Bad;
      canvas.frame(picture, judged ? 4 : 1, canvas.paint(judged ? Role::Bad : Role::Quiet));
    }
    const Font font = font_of(image);
    const auto [first, second] = caption_of(canvas, image, cells.width);
    for (const auto& [text, line] : {std::pair(first, 0), std::pair(second, 1)})
      canvas.text({cell.x + cells.width / 2, cell.y + cells.picture + text_font.size * 1.15 + line * caption_line},
                  canvas.fitted(text, font, cells.width), font, canvas.paint(image.role), Align::Middle);
    for (size_t n = 0; n < image.shares.size(); ++n)
      draw_share(canvas, image.shares[n], cells.names,
                 {cell.x, cell.y + cells.picture + cells.caption + static_cast<double>(n) * share_row, cells.width,
                  share_row});
  }
}

}  // namespace dnnc::chart
