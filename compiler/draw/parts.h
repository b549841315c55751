#pragma once
#include "compiler/draw/canvas.h"

// How each kind of panel is laid out. A height is asked for before anything is drawn.
namespace dnnc::chart {

/// Sizes of texts; each can be read where the picture is shrunk to 40 %.
inline constexpr Font title_font = {25, Weight::Bold}, panel_font = {20, Weight::Bold}, text_font = {18, Weight::Plain},
                      small_font = {16, Weight::Plain}, small_bold = {16, Weight::Bold};
inline constexpr double quarter_turn = 1.5707963267948966;
/// From one base line to the next.
inline constexpr double line_height = 1.3;

double height_of(const Canvas& canvas, const Plot& plot, double width);
double height_of(const Canvas& canvas, const Images& images, double width);
double height_of(const Canvas& canvas, const Matrix& matrix, double width);
double height_of(const Canvas& canvas, const Table& table, double width);
double height_of(const Canvas& canvas, const Diagram& diagram, double width);

void draw(Canvas& canvas, const Plot& plot, const Area& area);
void draw(Canvas& canvas, const Images& images, const Area& area);
void draw(Canvas& canvas, const Matrix& matrix, const Area& area);
void draw(Canvas& canvas, const Table& table, const Area& area);
void draw(Canvas& canvas, const Diagram& diagram, const Area& area);

/// A plot that is being drawn: its axes and where they lie.
struct Frame {
  const Plot& plot;
  Spans spans;
  Area area;
  Place at(double x, double y) const {
    return {area.x + place(plot.x, spans.x, x) * area.width, area.bottom() - place(plot.y, spans.y, y) * area.height};
  }
};
/// The picture with other strokes for lines that would hide others, of which one sees what lies below; the same in all plots.
Figure told_apart(Figure figure);
/// All marks of a plot, those behind others first.
void draw_marks(Canvas& canvas, const Frame& frame);
/// The sample of a mark in the legend.
void draw_sample(Canvas& canvas, const Mark& mark, const Area& area);
/// What the legend calls a mark; empty if it is not there.
std::string name_of(const Mark& mark);
/// The colours of values from low to high; null if no mark of the plot has some.
const Field* ramp_of(const Plot& plot);

}  // namespace dnnc::chart
