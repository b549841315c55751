#include "runtime/data/source_table.h"
#include "runtime/data/table_text.h"

/// `csv("boston.csv", target: medv, test: "more.csv")`. Fields: features, and each column by its name.
namespace dnnc::runtime {

static LoadedSource load_csv(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  const std::string target = source.word(source_words::target), test_path = source.word(source_words::test);
  const auto path_of = [&](const std::string& path) { return path == standard_input ? path : resolved(request, path); };
  const TableFile table = read_table_file(path_of(source.word(source_words::file)), source);
  if (test_path.empty()) return load_table(request, target, table.text(), nullptr);
  const TableFile test_table = read_table_file(path_of(test_path), source);
  const TableText test = test_table.text();
  return load_table(request, target, table.text(), &test);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(csv, dnnc::runtime::load_csv)
