#include "compiler/draw/draw.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "compiler/draw/parts.h"
#include "compiler/plot/short_svg.h"

namespace dnnc::chart {
namespace {

constexpr double width = 900, border = 26, between_panels = 34, subtitle_line = text_font.size * 1.5;

/// Everything with its place.
struct Page {
  std::vector<std::string> subtitle;
  std::vector<Area> panels;
  double head = 0, height = 0;
};

/// A text in lines at spaces, of which the last is cut where there would be more than fit.
std::vector<std::string> lines_of(const Canvas& canvas, const std::string& text, Font font, double room) {
  constexpr size_t most = 4;
  std::vector<std::string> lines;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t end = rest.size();
    while (lines.size() + 1 < most && canvas.width_of(std::string(rest.substr(0, end)), font) > room) {
      const size_t space = rest.rfind(' ', end - 1);
      if (space == rest.npos || space == 0) break;
      end = space;
    }
    lines.push_back(canvas.fitted(std::string(rest.substr(0, end)), font, room));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return lines;
}

double title_height(const Panel& panel) { return panel.title.empty() ? 0 : panel_font.size * 1.7; }

Page page_of(const Canvas& canvas, const Figure& figure) {
  Page page;
  page.subtitle = lines_of(canvas, figure.subtitle, text_font, width - 2 * border);
  page.head = border + (figure.title.empty() ? 0 : title_font.size * 1.4) +
              static_cast<double>(page.subtitle.size()) * subtitle_line + 14;
  const int64_t columns = std::max<int64_t>(1, figure.columns);
  const double wide =
      (width - 2 * border - between_panels * static_cast<double>(columns - 1)) / static_cast<double>(columns);
  double y = page.head, highest = 0;
  int64_t column = 0;
  for (size_t k = 0; k < figure.panels.size(); ++k) {
    const Panel& panel = figure.panels[k];
    if (k > 0 && (column == columns || panel.whole_row || figure.panels[k - 1].whole_row)) {
      column = 0;
      y += highest + between_panels;
      highest = 0;
    }
    const double own = panel.whole_row ? width - 2 * border : wide;
    const double high = title_height(panel) +
                        std::visit([&](const auto& content) { return height_of(canvas, content, own); }, panel.content);
    page.panels.push_back({border + static_cast<double>(column++) * (wide + between_panels), y, own, high});
    highest = std::max(highest, high);
  }
  page.height = std::ceil(y + highest + border);  // whole pixels
  return page;
}

void draw_panels(Canvas& canvas, const Figure& figure, const Page& page) {
  const Paint ink = canvas.paint(Role::Ink);
  double y = border + title_font.size * 0.8;
  const double room = width - 2 * border;
  if (!figure.title.empty()) {
    canvas.text({border, y}, canvas.fitted(figure.title, title_font, room), title_font, ink);
    y += title_font.size * 1.3;
  }
  for (const std::string& line : page.subtitle) {
    canvas.text({border, y}, line, text_font, canvas.paint(Role::Quiet));
    y += subtitle_line;
  }
  for (size_t k = 0; k < figure.panels.size(); ++k) {
    const Panel& panel = figure.panels[k];
    Area area = page.panels[k];
    canvas.text({area.x, area.y + panel_font.size}, canvas.fitted(panel.title, panel_font, area.width), panel_font,
                ink);
    area.y += title_height(panel);
    area.height -= title_height(panel);
    std::visit([&](const auto& content) { draw(canvas, content, area); }, panel.content);
  }
}

std::string escaped(const std::string& text) {
  std::string all;
  for (const char letter : text) {
    if (letter == '&') all += "&amp;";
    else if (letter == '<') all += "&lt;";
    else if (letter == '>') all += "&gt;";
    else if (letter == '"') all += "&quot;";
    else if (static_cast<unsigned char>(letter) >= 0x20) all += letter;
  }
  return all;
}

/// What the picture is called, for who cannot see it; and names of its own where it stands beside others.
std::string with_title(std::string svg, const Figure& figure, const std::string& ids) {
  if (const size_t open = svg.find("<svg "); open != svg.npos) {
    svg.insert(svg.find('>', open) + 1,
               "\n<title>" + escaped(figure.title) + "</title>\n<desc>" + escaped(figure.subtitle) + "</desc>");
    svg.insert(open + 5, "role=\"img\" ");
  }
  // Points of pictures are squares wherever they are looked at, as in a PNG.
  const std::string image = "<image ", sharp = "style=\"image-rendering:pixelated\" ";
  for (size_t at = svg.find(image); at != svg.npos; at = svg.find(image, at + 1)) svg.insert(at + image.size(), sharp);
  if (ids.empty()) return svg;
  static const std::regex names(R"((\bid="|"#|url\(#))");
  return std::regex_replace(svg, names, "$1" + ids);
}

std::string draw_figure(const Figure& given, Format format, const Look& look) {
  const Figure figure = told_apart(given);
  const Canvas measure(Format::Png, look.theme, 1, 1);
  const Page page = page_of(measure, figure);
  Canvas canvas(format, look.theme, width, page.height);
  draw_panels(canvas, figure, page);
  std::string bytes = canvas.finish();
  return format == Format::Svg ? with_title(short_svg(bytes), figure, look.ids) : bytes;
}

}  // namespace

const Drawer* dnnc_drawer() {
  static const Drawer table = {draw_figure};
  return &table;
}

}  // namespace dnnc::chart
