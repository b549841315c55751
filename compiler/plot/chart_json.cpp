#include <cmath>
#include <nlohmann/json.hpp>

#include "compiler/plot/chart.h"

namespace dnnc::chart {
namespace {

using Json = nlohmann::ordered_json;
using runtime::word_of;

/// Ticks of a plot of the usual size.
constexpr int usual_ticks = 8;

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isfinite(value) ? Json(value) : Json());
  return list;
}

Json colour(const Colour& colour) {
  Json json = {{"role", word_of(colour.role)}};
  if (colour.role == Role::Series) json["number"] = colour.number;
  return json;
}

Json axis_json(const Axis& axis, Span span) {
  Json json = {{"title", axis.title}, {"unit", axis.unit}, {"scale", word_of(axis.scale)},
               {"low", span.low},     {"high", span.high}, {"ticks", Json::array()}};
  for (const Tick& tick : ticks(axis, span, usual_ticks))
    json["ticks"].push_back({{"at", tick.at}, {"text", tick.text}});
  return json;
}

struct MarkJson {
  Json operator()(const Line& line) const {
    return {{"mark", "line"},
            {"name", line.name},
            {"colour", colour(line.colour)},
            {"stroke", word_of(line.stroke)},
            {"stairs", line.stairs},
            {"x", numbers(line.x)},
            {"y", numbers(line.y)}};
  }
  Json operator()(const Dots& dots) const {
    Json json = {{"mark", "dots"},        {"name", dots.name},    {"colour", colour(dots.colour)},
                 {"hollow", dots.hollow}, {"x", numbers(dots.x)}, {"y", numbers(dots.y)}};
    if (!dots.values.empty()) json["values"] = numbers(dots.values);
    return json;
  }
  Json operator()(const Bars& bars) const {
    return {{"mark", "bars"},           {"name", bars.name},          {"colour", colour(bars.colour)},
            {"low", numbers(bars.low)}, {"high", numbers(bars.high)}, {"y", numbers(bars.y)}};
  }
  Json operator()(const Boxes& boxes) const {
    Json list = Json::array();
    for (const Boxes::Box& box : boxes.boxes)
      list.push_back(
          {{"text", box.text}, {"left", box.left}, {"right", box.right}, {"bottom", box.bottom}, {"top", box.top}});
    return {{"mark", "boxes"}, {"name", boxes.name}, {"colour", colour(boxes.colour)}, {"boxes", list}};
  }
  Json operator()(const Rule& rule) const {
    return {{"mark", "rule"},
            {"text", rule.text},
            {"colour", colour(rule.colour)},
            {"stroke", word_of(rule.stroke)},
            {"upright", rule.upright},
            {"at", rule.at}};
  }
  Json operator()(const Slope& slope) const {
    return {{"mark", "slope"}, {"name", slope.name}, {"colour", colour(slope.colour)}};
  }
  Json operator()(const Field& field) const {
    Json json = {{"mark", "field"},      {"title", field.title},     {"left", field.left},
                 {"right", field.right}, {"bottom", field.bottom},   {"top", field.top},
                 {"low", field.low},     {"high", field.high},       {"classes", field.classes},
                 {"rows", field.rows},   {"columns", field.columns}, {"values", numbers(field.values)}};
    if (!field.strength.empty()) json["strength"] = numbers(field.strength);
    return json;
  }
};

struct PanelJson {
  Json operator()(const Plot& plot) const {
    const Spans spans = spans_of(plot);
    Json json = {{"kind", "plot"}, {"x", axis_json(plot.x, spans.x)}, {"y", axis_json(plot.y, spans.y)}};
    json["marks"] = Json::array();
    for (const Mark& mark : plot.marks) json["marks"].push_back(std::visit(MarkJson{}, mark));
    return json;
  }
  Json operator()(const Images& images) const {
    Json json = {{"kind", "images"}, {"columns", images.columns}, {"images", Json::array()}};
    for (const Images::Image& image : images.images) {
      Json shares = Json::array();
      for (const Images::Share& share : image.shares)
        shares.push_back({{"name", share.name}, {"value", share.value}, {"colour", colour(share.colour)}});
      json["images"].push_back({{"width", image.width},
                                {"height", image.height},
                                {"caption", image.caption},
                                {"role", word_of(image.role)},
                                {"shares", shares},
                                {"rgb", image.rgb}});
    }
    return json;
  }
  Json operator()(const Matrix& matrix) const {
    return {{"kind", "matrix"},    {"row_title", matrix.row_title}, {"column_title", matrix.column_title},
            {"rows", matrix.rows}, {"columns", matrix.columns},     {"values", numbers(matrix.values)}};
  }
  Json operator()(const Table& table) const {
    return {{"kind", "table"}, {"header", table.header}, {"rows", table.rows}};
  }
  Json operator()(const Diagram& diagram) const {
    Json json = {{"kind", "diagram"}, {"boxes", Json::array()}, {"arrows", Json::array()}};
    for (const Diagram::Box& box : diagram.boxes)
      json["boxes"].push_back({{"title", box.title}, {"lines", box.lines}, {"colour", colour(box.colour)}});
    for (const Diagram::Arrow& arrow : diagram.arrows)
      json["arrows"].push_back({{"from", arrow.from}, {"to", arrow.to}, {"text", arrow.text}});
    return json;
  }
};

}  // namespace

std::string to_json(const Figure& figure) {
  Json json = {{"schema", 1},
               {"title", figure.title},
               {"subtitle", figure.subtitle},
               {"columns", figure.columns},
               {"panels", Json::array()}};
  for (const Panel& panel : figure.panels) {
    Json content = {{"title", panel.title}, {"whole_row", panel.whole_row}};
    content.update(std::visit(PanelJson{}, panel.content));
    json["panels"].push_back(std::move(content));
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dnnc::chart
