#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runtime/program/words.h"

// What a picture shows, and nothing of how it looks: one description serves SVG, PNG, JSON and the report (docs/plots.md).
namespace dnnc::chart {

/// What something means. A theme says which colour that is.
enum class Role : uint8_t {
  Series,   ///< one of several things that stand side by side, told apart by a number
  Ink,      ///< what is read, like text and the lines of a graph
  Quiet,    ///< what is only there for orientation
  Good,     ///< a right answer
  Bad,      ///< a wrong answer
  Kept,     ///< memory that outlives a step
  Passing,  ///< memory of a step
};
struct Colour {
  Role role = Role::Series;
  int number = 0;  ///< of Series
};

enum class Scale : uint8_t { Linear, Log };
struct Axis {
  std::string title, unit = "";
  Scale scale = Scale::Linear;
  /// Where it begins and ends; else where the data do, with some room.
  std::optional<double> low = std::nullopt, high = std::nullopt;
  bool whole = false;                   ///< nothing lies between whole numbers, so there are no ticks
  std::vector<std::string> names = {};  ///< of the places 0, 1, ... in place of numbers
};

enum class Stroke : uint8_t { Solid, Dashed, Dotted };
/// Points joined by a line; one that is not finite parts it.
struct Line {
  std::string name;  ///< in the legend; empty: it is not there
  Colour colour;
  std::vector<double> x, y;
  Stroke stroke = Stroke::Solid;
  bool stairs = false;  ///< a value holds until the next point
};
struct Dots {
  std::string name;
  Colour colour;
  std::vector<double> x, y;
  bool hollow = false;
  std::vector<double> values = {};  ///< of the ramp of the field behind them, whose colours they have then
};
/// Each from `low` to `high` along x, from 0 up to y.
struct Bars {
  std::string name;
  Colour colour;
  std::vector<double> low, high, y;
};
/// Rectangles with texts inside, where these have room.
struct Boxes {
  struct Box {
    double left = 0, right = 0, bottom = 0, top = 0;
    std::string text = "";
  };
  std::string name;
  Colour colour;
  std::vector<Box> boxes;
};
/// A straight line through the whole plot, with a text at its end.
struct Rule {
  std::string text;
  Colour colour;
  double at = 0;
  bool upright = true;  ///< at an x; else at a y
  Stroke stroke = Stroke::Dashed;
};
/// y over x, as it lies: from the lower left corner to the upper right one.
struct Slope {
  std::string name;
  Colour colour;
};
/// Values on a grid of equal cells, row by row from the lowest y, as colours behind everything else: what a net of two inputs
/// answers. A value is either that of a ramp from `low` to `high`, or the number of a series.
struct Field {
  std::string title;
  double left = 0, right = 1, bottom = 0, top = 1;
  int64_t columns = 0, rows = 0;
  std::vector<double> values;
  std::vector<double> strength = {};  ///< of classes, 0 to 1, how sure it is
  bool classes = false;
  double low = 0, high = 1;
};
using Mark = std::variant<Line, Dots, Bars, Boxes, Rule, Slope, Field>;

/// Marks over two axes.
struct Plot {
  Axis x, y;
  std::vector<Mark> marks;
  bool square = false;  ///< both axes have one scale
};

/// Pictures with what is said of them, in rows.
struct Images {
  struct Share {
    std::string name;
    double value = 0;  ///< 0 to 1
    Colour colour = {};
  };
  struct Image {
    int64_t width = 0, height = 0;
    std::vector<uint8_t> rgb;
    std::string caption = "";
    Role role = Role::Ink;           ///< of the caption
    std::vector<Share> shares = {};  ///< bars below it
  };
  int64_t columns = 5;
  std::vector<Image> images;
};

/// Numbers in rows and columns that have names; larger ones are darker, compared with others of their row.
struct Matrix {
  std::string row_title, column_title;
  std::vector<std::string> rows, columns;
  std::vector<double> values;  ///< row by row
};

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  ///< what looks like a number stands on the right
};

/// Boxes with arrows between them, from top to bottom.
struct Diagram {
  struct Box {
    std::string title;
    std::vector<std::string> lines = {};
    Colour colour = {};
  };
  struct Arrow {
    size_t from = 0, to = 0;
    std::string text = "";
  };
  std::vector<Box> boxes;
  std::vector<Arrow> arrows;  ///< none leads back
};

struct Panel {
  std::string title = "";
  std::variant<Plot, Images, Matrix, Table, Diagram> content;
  bool whole_row = false;
};

/// A whole picture: panels in rows.
struct Figure {
  std::string title, subtitle = "";
  int64_t columns = 1;
  std::vector<Panel> panels;
};

/// Where an axis begins and ends, and what is written along it.
struct Tick {
  double at = 0;
  std::string text;
};
struct Span {
  double low = 0, high = 1;
};
/// What the marks of a plot need, as its axes say.
struct Spans {
  Span x, y;
};
Spans spans_of(const Plot& plot);
/// At round numbers, at most so many.
std::vector<Tick> ticks(const Axis& axis, Span span, int most);
/// 1, 2 or 5 times a power of ten, at least so much.
double round_step(double least);
/// Where a value lies, 0 to 1.
double place(const Axis& axis, Span span, double value);
/// What stands beside an axis: "memory (KiB)".
std::string label_of(const Axis& axis);
/// As people write a number: 1,234, 0.25, 3e-5.
std::string number_text(double value, int digits = 4);

/// The whole description as JSON, with spans and ticks; what is not finite is null.
std::string to_json(const Figure& figure);

enum class Theme : uint8_t { Light, Dark };
enum class Format : uint8_t { Svg, Png, Json };

}  // namespace dnnc::chart

namespace dnnc::runtime {

template <>
inline constexpr std::array words<chart::Theme> = {Word{chart::Theme::Light, "light"},
                                                   Word{chart::Theme::Dark, "dark"}};
template <>
inline constexpr std::array words<chart::Format> = {Word{chart::Format::Svg, "svg"}, Word{chart::Format::Png, "png"},
                                                    Word{chart::Format::Json, "json"}};
template <>
inline constexpr std::array words<chart::Role> = {Word{chart::Role::Series, "series"},  Word{chart::Role::Ink, "ink"},
                                                  Word{chart::Role::Quiet, "quiet"},    Word{chart::Role::Good, "good"},
                                                  Word{chart::Role::Bad, "bad"},        Word{chart::Role::Kept, "kept"},
                                                  Word{chart::Role::Passing, "passing"}};
template <>
inline constexpr std::array words<chart::Scale> = {Word{chart::Scale::Linear, "linear"},
                                                   Word{chart::Scale::Log, "log"}};
template <>
inline constexpr std::array words<chart::Stroke> = {
    Word{chart::Stroke::Solid, "solid"}, Word{chart::Stroke::Dashed, "dashed"}, Word{chart::Stroke::Dotted, "dotted"}};

}  // namespace dnnc::runtime
