#include "runtime/data/dataset.h"
#include "runtime/data/source_table.h"

namespace dnnc::runtime {

std::vector<std::string> needed_symbols(const DataDescription& data) {
  const SourceRow* row = find_source(data.source.text, data.source.word(source_words::set));
  if (!row) return {};
  std::vector<std::string> symbols = {row->symbol};
  if (row->decodes) symbols.push_back("dnnc_inputs_pictures");
  if (!data.augment.empty()) symbols.push_back("dnnc_augment");
  return symbols;
}

}  // namespace dnnc::runtime
