#include "runtime/data/source.h"

/// `rows([0, 0] -> 0, [0, 1] -> 1)`: the examples stand in the program. Fields x and y.
namespace dnnc::runtime {
namespace {

/// The numbers of nested lists in order.
void flatten(const DataValue& value, std::vector<double>& numbers) {
  if (value.kind == DataValue::Kind::Number) numbers.push_back(value.number);
  for (const DataValue& item : value.items) flatten(item, numbers);
}

void put_row(const DataValue& source, const RawField& field, int64_t row, FieldWriter& writer) {
  const size_t side = field.name == "x" ? 0 : 1;
  std::vector<double> numbers;
  flatten(source.items[static_cast<size_t>(row)].items.at(side), numbers);
  const std::string where = "row " + std::to_string(row + 1) + ", `" + field.name + "`";
  if (static_cast<int64_t>(numbers.size()) != field.count())
    refuse("rows(...)", where,
           std::to_string(numbers.size()) + " numbers where the program takes " + std::to_string(field.count()));
  for (size_t k = 0; k < numbers.size(); ++k) {
    const std::string fault = writer.put(row, static_cast<int64_t>(k), numbers[k]);
    if (!fault.empty()) refuse("rows(...)", where, fault);
  }
}

LoadedSource load(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  LoadedSource loaded;
  loaded.examples = static_cast<int64_t>(source.items.size());
  for (const RawField& field : request.data.raw) {
    FieldWriter writer(field, loaded.examples);
    for (int64_t row = 0; row < loaded.examples; ++row) put_row(source, field, row, writer);
    loaded.fields.push_back(writer.finish());
  }
  return loaded;
}

}  // namespace
}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(rows, dnnc::runtime::load)
