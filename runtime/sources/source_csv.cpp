#include "runtime/data/source_table.h"
#include "runtime/data/table.h"
#include "runtime/files/files.h"

/// `csv("boston.csv", target: medv, test: "more.csv")`. Fields: features, and each column by its name.
namespace dnnc::runtime {

static LoadedSource load_csv(const SourceRequest& request) {
  const DataValue& source = request.data.source;
  const std::string path = resolved(request, source.word(source_words::file)),
                    test_path = resolved(request, source.word(source_words::test));
  const std::vector<char> file = read_file(path);
  const TableText table{path, {file.data(), file.size()}};
  if (source.word(source_words::test).empty())
    return load_table(request, source.word(source_words::target), table, nullptr);
  const std::vector<char> test_file = read_file(test_path);
  const TableText test{test_path, {test_file.data(), test_file.size()}};
  return load_table(request, source.word(source_words::target), table, &test);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(csv, dnnc::runtime::load_csv)
