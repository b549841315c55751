#include "compiler/sema/data/data_blocks.h"

namespace dnnc {
namespace {

struct WrittenRow {
  ast::Ptr x, y;
};

/// The value on the right of the arrow; a name there has been read as a step.
ast::Ptr value_of(const ast::Step& step) {
  if (step.repeat || step.as) return nullptr;
  if (const auto* value = std::get_if<ast::Step::Value>(&step.kind)) return value->value;
  const auto* use = std::get_if<ast::Step::Use>(&step.kind);
  if (!use || use->arguments) return nullptr;
  return std::make_shared<ast::Expression>(ast::Expression{use->word.span, ast::Name{use->word.text}});
}

std::optional<WrittenRow> row_of(const ast::Argument& argument, const CallReader& reader) {
  const auto* chain = std::get_if<ast::Chain>(&without_brackets(argument.value)->kind);
  ast::Ptr y = chain && chain->steps.size() == 1 ? value_of(chain->steps.front()) : nullptr;
  if (y && !argument.name) return WrittenRow{chain->input, y};
  reader.report(error("E0504", argument.value->span, "a row is an example and its target: `[0, 1] -> 1`",
                      "write rows([0, 0] -> 0, [0, 1] -> 1)"));
  return std::nullopt;
}

using ListShape = std::vector<std::optional<int64_t>>;

/// The shape of nested lists; std::nullopt if they are ragged or empty.
std::optional<ListShape> shape_of(const DataValue& value) {
  if (value.kind != DataValue::Kind::List) return ListShape{};
  if (value.items.empty()) return std::nullopt;
  std::optional<ListShape> inner = shape_of(value.items.front());
  for (const DataValue& item : value.items)
    if (shape_of(item) != inner) return std::nullopt;
  if (inner) inner->insert(inner->begin(), static_cast<int64_t>(value.items.size()));
  return inner;
}

std::string list_shape_text(const ListShape& shape) {
  if (shape.empty()) return "a number";
  std::string text = "f32[";
  for (size_t axis = 0; axis < shape.size(); ++axis) text += (axis ? ", " : "") + std::to_string(*shape[axis]);
  return text + "]";
}

/// Reports a value whose shape is not that of the first row.
bool agrees(const DataValue& value, const ListShape& shape, const DataValue& first, const CallReader& reader) {
  std::optional<ListShape> own = shape_of(value);
  if (own == std::optional(shape)) return true;
  if (!own) {
    reader.report(error("E0504", value.place, "this is no array: the lists in it need one length, of at least 1"));
    return false;
  }
  Diagnostic diagnostic = error("E0504", value.place, "all rows need the same shape");
  diagnostic.label = list_shape_text(*own);
  if (!(first.place == value.place)) diagnostic.labels = {{first.place, list_shape_text(shape)}};
  reader.report(std::move(diagnostic));
  return false;
}

}  // namespace

bool read_rows(const ast::Call& call, const CallReader& reader, DataBlock& block) {
  DataValue source{.kind = DataValue::Kind::Call, .text = call.function.text, .place = call.function.span};
  bool whole = true;
  for (const ast::Argument& argument : call.arguments) {
    std::optional<WrittenRow> row = row_of(argument, reader);
    std::optional<DataValue> x = row ? read_numbers(row->x, reader) : std::nullopt;
    std::optional<DataValue> y = row ? read_numbers(row->y, reader) : std::nullopt;
    whole = whole && x && y;
    if (x && y)
      source.items.push_back({.kind = DataValue::Kind::List, .items = {*x, *y}, .place = argument.value->span});
  }
  if (call.arguments.empty()) {
    reader.report(
        error("E0504", call.function.span, "`rows` needs at least one row", "write rows([0, 0] -> 0, [0, 1] -> 1)"));
    return false;
  }
  if (!whole) return false;
  for (size_t side = 0; side < 2; ++side) {
    const DataValue& first = source.items.front().items[side];
    ListShape shape = shape_of(first).value_or(ListShape{});
    for (const DataValue& row : source.items) whole = agrees(row.items[side], shape, first, reader) && whole;
    block.fields.push_back({.name = side ? "y" : "x", .shape = shape, .element = {}, .span = first.place});
  }
  block.examples = static_cast<int64_t>(source.items.size());
  block.source = std::move(source);
  block.target = "y";
  return whole;
}

}  // namespace dnnc
