#include "runtime/data/source_table.h"
#include "runtime/data/table.h"

extern "C" const char dnnc_data_iris[], dnnc_data_iris_end[];

/// `builtin(iris)`: a table that is part of the program.
namespace dnnc::runtime {

static LoadedSource load_iris(const SourceRequest& request) {
  const TableText table{"iris.csv", {dnnc_data_iris, static_cast<size_t>(dnnc_data_iris_end - dnnc_data_iris)}};
  return load_table(request, source_target("builtin_iris"), table, nullptr);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_iris, dnnc::runtime::load_iris)
