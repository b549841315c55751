#include "compiler/draw/canvas.h"

#include <cairo-ft.h>
#include <cairo-svg.h>
#include <ft2build.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include FT_FREETYPE_H

#include "compiler/support/check.h"
#include "runtime/program/shown.h"

extern "C" {
extern const unsigned char dnnc_font_plain[], dnnc_font_plain_end[], dnnc_font_bold[], dnnc_font_bold_end[];
}

namespace dnnc::chart {
namespace {

constexpr double pi = 3.14159265358979323846;
/// Pixels of a PNG to each of an SVG: fewer of one so high that cairo has no pictures of its size.
double scale_of_png(double height) {
  constexpr double usual = 2, most_pixels = 32'000;
  return std::min(usual, most_pixels / height);
}

/// A font that is linked in, so that no picture depends on those of the machine.
cairo_font_face_t* face_of(const unsigned char* begin, const unsigned char* end) {
  static FT_Library library = [] {
    FT_Library made = nullptr;
    check(FT_Init_FreeType(&made) == 0, "FreeType does not start");
    return made;
  }();
  FT_Face face = nullptr;
  check(FT_New_Memory_Face(library, begin, end - begin, 0, &face) == 0, "the font cannot be read");
  return cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING);
}

cairo_font_face_t* face_of(Weight weight) {
  static cairo_font_face_t* const plain = face_of(dnnc_font_plain, dnnc_font_plain_end);
  static cairo_font_face_t* const bold = face_of(dnnc_font_bold, dnnc_font_bold_end);
  return weight == Weight::Plain ? plain : bold;
}

cairo_status_t append(void* to, const unsigned char* data, unsigned int bytes) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), bytes);
  return CAIRO_STATUS_SUCCESS;
}

/// How far a line may pass by one of its points, of which a page has no place to show more, and how many it may leave out at once.
constexpr double nearly = 0.05;
constexpr size_t most_passed = 256;

bool is_finite(const Place& place) { return std::isfinite(place.x) && std::isfinite(place.y); }

/// Whether a straight line from one point to another passes all between.
bool passes(const std::vector<Place>& places, size_t from, size_t to) {
  const double x = places[to].x - places[from].x, y = places[to].y - places[from].y, length = std::hypot(x, y);
  for (size_t k = from + 1; k < to; ++k) {
    const double right = places[k].x - places[from].x, down = places[k].y - places[from].y;
    const double along = length > 0 ? (right * x + down * y) / length : 0;
    const double aside = length > 0 ? std::abs(right * y - down * x) / length : std::hypot(right, down);
    if (!(aside <= nearly && along >= -nearly && along <= length + nearly)) return false;
  }
  return true;
}

/// The points that a line needs to look as it does: a training may have many thousand epochs.
std::vector<Place> seen(const std::vector<Place>& places) {
  std::vector<Place> kept;
  for (size_t k = 0; k < places.size();) {
    kept.push_back(places[k]);
    size_t next = k + 1;
    while (next + 1 < places.size() && next - k < most_passed && is_finite(places[next + 1]) &&
           passes(places, k, next + 1))
      ++next;
    k = next;
  }
  return kept;
}

}  // namespace

struct Canvas::Surface {
  Format format;
  cairo_surface_t* surface = nullptr;
  cairo_t* to = nullptr;
  std::string bytes = {};

  void use(const Paint& paint) const { cairo_set_source_rgba(to, paint.red, paint.green, paint.blue, paint.opacity); }
  void use(Font font) const {
    cairo_set_font_face(to, face_of(font.weight));
    cairo_set_font_size(to, font.size);
  }
  void dash(Stroke stroke, double width) const {
    const double dashes[] = {4 * width, 2.5 * width}, dots[] = {width, 2 * width};
    if (stroke == Stroke::Solid) cairo_set_dash(to, nullptr, 0, 0);
    else cairo_set_dash(to, stroke == Stroke::Dashed ? dashes : dots, 2, 0);
  }
  void round(const Area& area, double radius) const {
    cairo_new_sub_path(to);
    cairo_arc(to, area.right() - radius, area.y + radius, radius, -pi / 2, 0);
    cairo_arc(to, area.right() - radius, area.bottom() - radius, radius, 0, pi / 2);
    cairo_arc(to, area.x + radius, area.bottom() - radius, radius, pi / 2, pi);
    cairo_arc(to, area.x + radius, area.y + radius, radius, pi, 3 * pi / 2);
    cairo_close_path(to);
  }
};

Canvas::Canvas(Format format, Theme theme, double width, double height)
    : surface_(std::make_unique<Surface>(Surface{format})), theme_(theme) {
  Surface& s = *surface_;
  const double scale = scale_of_png(height);
  if (format == Format::Svg) {
    s.surface = cairo_svg_surface_create_for_stream(append, &s.bytes, width, height);
    cairo_svg_surface_set_document_unit(s.surface, CAIRO_SVG_UNIT_PX);
  } else {
    s.surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(width * scale)),
                                           static_cast<int>(std::lround(height * scale)));
  }
  s.to = cairo_create(s.surface);
  if (format == Format::Png) cairo_scale(s.to, scale, scale);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(s.to, options);
  cairo_font_options_destroy(options);
  fill({0, 0, width, height}, background(theme));
}

Canvas::~Canvas() {
  if (surface_->to) cairo_destroy(surface_->to);
  if (surface_->surface) cairo_surface_destroy(surface_->surface);
}

void Canvas::fill(const Area& area, const Paint& paint) {
  surface_->use(paint);
  cairo_rectangle(surface_->to, area.x, area.y, area.width, area.height);
  cairo_fill(surface_->to);
}

void Canvas::fill_round(const Area& area, double radius, const Paint& paint) {
  surface_->use(paint);
  surface_->round(area, radius);
  cairo_fill(surface_->to);
}

void Canvas::frame(const Area& area, double width, const Paint& paint) {
  surface_->use(paint);
  surface_->dash(Stroke::Solid, width);
  cairo_set_line_width(surface_->to, width);
  cairo_rectangle(surface_->to, area.x, area.y, area.width, area.height);
  cairo_stroke(surface_->to);
}

void Canvas::frame_round(const Area& area, double radius, double width, const Paint& paint) {
  surface_->use(paint);
  surface_->dash(Stroke::Solid, width);
  cairo_set_line_width(surface_->to, width);
  surface_->round(area, radius);
  cairo_stroke(surface_->to);
}

void Canvas::line(const std::vector<Place>& all, double width, const Paint& paint, Stroke stroke) {
  const std::vector<Place> places = seen(all);
  cairo_t* const to = surface_->to;
  surface_->use(paint);
  surface_->dash(stroke, width);
  cairo_set_line_width(to, width);
  cairo_set_line_join(to, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(to, stroke == Stroke::Solid ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
  bool drawn = false;
  for (size_t k = 0; k < places.size(); ++k) {
    const Place& place = places[k];
    if (!is_finite(place)) {
      drawn = false;
      continue;
    }
    if (drawn) cairo_line_to(to, place.x, place.y);
    else cairo_move_to(to, place.x, place.y);
    // Between two that are not finite a point alone is seen by its round ends.
    const bool alone = !drawn && (k + 1 == places.size() || !is_finite(places[k + 1]));
    if (alone) cairo_line_to(to, place.x, place.y);
    drawn = true;
  }
  cairo_stroke(to);
}

void Canvas::dot(Place place, double radius, const Paint& paint, int shape, bool hollow) {
  if (!is_finite(place)) return;
  cairo_t* const to = surface_->to;
  cairo_new_path(to);
  // A circle, a square, and triangles and a diamond of about the same area.
  const double r = radius * (shape % 5 == 0 ? 1 : shape % 5 == 1 ? 1.25 : 1.35);
  if (shape % 5 == 0) {
    cairo_arc(to, place.x, place.y, r, 0, 2 * pi);
  } else {
    const int corners = shape % 5 == 1 || shape % 5 == 3 ? 4 : 3;
    const double first = shape % 5 == 1 ? pi / 4 : shape % 5 == 4 ? pi / 2 : -pi / 2;
    for (int k = 0; k < corners; ++k)
      cairo_line_to(to, place.x + r * std::cos(first + 2 * pi * k / corners),
                    place.y + r * std::sin(first + 2 * pi * k / corners));
  }
  cairo_close_path(to);
  surface_->dash(Stroke::Solid, 1);
  if (!hollow) {
    surface_->use(paint);
    cairo_fill_preserve(to);
    surface_->use(background(theme_));
    cairo_set_line_width(to, radius * 0.25);
  } else {
    surface_->use(paint);
    cairo_set_line_width(to, radius * 0.4);
  }
  cairo_stroke(to);
}

void Canvas::triangle(Place a, Place b, Place c, const Paint& paint) {
  surface_->use(paint);
  for (const Place& place : {a, b, c}) cairo_line_to(surface_->to, place.x, place.y);
  cairo_close_path(surface_->to);
  cairo_fill(surface_->to);
}

void Canvas::curve(Place from, Place to, double width, const Paint& paint) {
  surface_->use(paint);
  surface_->dash(Stroke::Solid, width);
  cairo_set_line_width(surface_->to, width);
  const double half = (to.y - from.y) / 2;
  cairo_move_to(surface_->to, from.x, from.y);
  cairo_curve_to(surface_->to, from.x, from.y + half, to.x, to.y - half, to.x, to.y);
  cairo_stroke(surface_->to);
}

void Canvas::image(const Area& area, int64_t width, int64_t height, const std::vector<uint8_t>& rgba) {
  cairo_surface_t* const image =
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(width), static_cast<int>(height));
  unsigned char* const rows = cairo_image_surface_get_data(image);
  const int stride = cairo_image_surface_get_stride(image);
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x) {
      const uint8_t* const from = &rgba[static_cast<size_t>((y * width + x) * 4)];
      const auto of_opacity = [&](int k) { return static_cast<uint32_t>((from[k] * from[3] + 127) / 255); };
      const uint32_t pixel =
          static_cast<uint32_t>(from[3]) << 24 | of_opacity(0) << 16 | of_opacity(1) << 8 | of_opacity(2);
      std::memcpy(rows + y * stride + x * 4, &pixel, sizeof pixel);
    }
  cairo_surface_mark_dirty(image);
  cairo_t* const to = surface_->to;
  cairo_save(to);
  cairo_translate(to, area.x, area.y);
  cairo_scale(to, area.width / static_cast<double>(width), area.height / static_cast<double>(height));
  cairo_set_source_surface(to, image, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(to), CAIRO_FILTER_NEAREST);
  cairo_rectangle(to, 0, 0, static_cast<double>(width), static_cast<double>(height));
  cairo_fill(to);
  cairo_restore(to);
  cairo_surface_destroy(image);
}

void Canvas::text(Place place, const std::string& text, Font font, const Paint& paint, Align align, double turned) {
  cairo_t* const to = surface_->to;
  const double width = align == Align::Left ? 0 : width_of(text, font);
  surface_->use(font);
  surface_->use(paint);
  cairo_save(to);
  cairo_translate(to, place.x, place.y);
  cairo_rotate(to, turned);
  cairo_move_to(to, align == Align::Left ? 0 : align == Align::Middle ? -width / 2 : -width, 0);
  cairo_show_text(to, runtime::shown(text).c_str());
  cairo_restore(to);
  cairo_new_path(to);
}

double Canvas::width_of(const std::string& text, Font font) const {
  surface_->use(font);
  cairo_text_extents_t extents;
  cairo_text_extents(surface_->to, runtime::shown(text).c_str(), &extents);
  return extents.x_advance;
}

std::string Canvas::fitted(const std::string& text, Font font, double room) const {
  if (width_of(text, font) <= room) return text;
  std::string best = "…";
  for (std::string_view rest = text; !rest.empty();) {
    rest.remove_prefix(std::max<size_t>(1, runtime::first_character(rest).bytes));
    const std::string shorter = text.substr(0, text.size() - rest.size()) + "…";
    if (width_of(shorter, font) > room) break;
    best = shorter;
  }
  return best;
}

Canvas::Within::Within(Canvas& canvas, const Area& area) : canvas_(canvas) {
  cairo_save(canvas.surface_->to);
  cairo_rectangle(canvas.surface_->to, area.x, area.y, area.width, area.height);
  cairo_clip(canvas.surface_->to);
}
Canvas::Within::~Within() { cairo_restore(canvas_.surface_->to); }

std::string Canvas::finish() {
  Surface& s = *surface_;
  cairo_destroy(std::exchange(s.to, nullptr));
  if (s.format == Format::Png) cairo_surface_write_to_png_stream(s.surface, append, &s.bytes);
  cairo_surface_finish(s.surface);
  const cairo_status_t status = cairo_surface_status(s.surface);
  check(status == CAIRO_STATUS_SUCCESS, std::string("cairo: ") + cairo_status_to_string(status));
  return std::move(s.bytes);
}

}  // namespace dnnc::chart
