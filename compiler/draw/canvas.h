#pragma once
#include <memory>
#include <string>
#include <vector>

#include "compiler/draw/theme.h"

namespace dnnc::chart {

/// A rectangle; y grows downwards.
struct Area {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};
struct Place {
  double x = 0, y = 0;
};

enum class Align : uint8_t { Left, Middle, Right };
enum class Weight : uint8_t { Plain, Bold };
struct Font {
  double size = 0;
  Weight weight = Weight::Plain;
};

/// What is drawn on: the only code that knows cairo. Lengths are those of an SVG, in pixels of 1/96 inch.
class Canvas {
 public:
  Canvas(Format format, Theme theme, double width, double height);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  Theme theme() const { return theme_; }
  Paint paint(const Colour& colour) const { return paint_of(theme_, colour); }
  Paint paint(Role role) const { return paint_of(theme_, {role}); }

  void fill(const Area& area, const Paint& paint);
  /// With round corners.
  void fill_round(const Area& area, double radius, const Paint& paint);
  void frame(const Area& area, double width, const Paint& paint);
  void frame_round(const Area& area, double radius, double width, const Paint& paint);
  /// Joins points that are finite; one that is not parts the line.
  void line(const std::vector<Place>& places, double width, const Paint& paint, Stroke stroke = Stroke::Solid);
  /// Of a dot the shape tells its series too.
  void dot(Place place, double radius, const Paint& paint, int shape, bool hollow);
  void triangle(Place a, Place b, Place c, const Paint& paint);
  /// A curve that leaves and comes in straight down.
  void curve(Place from, Place to, double width, const Paint& paint);
  /// Pixels of red, green, blue and opacity as they are, in the whole area.
  void image(const Area& area, int64_t width, int64_t height, const std::vector<uint8_t>& rgba);

  /// `place` is on the base line.
  void text(Place place, const std::string& text, Font font, const Paint& paint, Align align = Align::Left,
            double turned = 0);
  double width_of(const std::string& text, Font font) const;
  /// The text, or as much of it as has room, with an ellipsis.
  std::string fitted(const std::string& text, Font font, double room) const;

  /// What is drawn until the end of this lies in the area alone.
  class Within {
   public:
    Within(Canvas& canvas, const Area& area);
    ~Within();
    Within(const Within&) = delete;
    Within& operator=(const Within&) = delete;

   private:
    Canvas& canvas_;
  };

  /// The bytes of the file.
  std::string finish();

 private:
  struct Surface;
  std::unique_ptr<Surface> surface_;
  Theme theme_;
};

}  // namespace dnnc::chart
