#include <algorithm>

#include "runtime/data/dataset.h"
#include "runtime/data/source_table.h"

namespace dnnc::runtime {

std::vector<std::string> needed_symbols(const DataDescription& data, const std::vector<FittedField>& fitted) {
  const SourceRow* row = find_source(data.source.text, data.source.word(source_words::set));
  if (!row) return {};
  std::vector<std::string> symbols = {row->symbol};
  if (row->decodes) symbols.push_back("dnnc_inputs_pictures");
  if (!data.augment.empty()) symbols.push_back("dnnc_augment");
  const auto is_of_date = [](const RawField& field) {
    return field.reading == Reading::Days || field.reading == Reading::Weekday || field.reading == Reading::Hour ||
           field.reading == Reading::Order;
  };
  if (row->in_time) symbols.push_back("dnnc_series_inputs");
  if (row->cells) symbols.push_back("dnnc_cell_advice");
  if (std::ranges::any_of(data.raw, is_of_date)) symbols.push_back("dnnc_cell_dates");
  const auto fills = [](const FittedField& field) { return field.method != FitMethod::Standardize; };
  if (std::ranges::any_of(fitted, fills)) symbols.push_back("dnnc_filling");
  return symbols;
}

}  // namespace dnnc::runtime
