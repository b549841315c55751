#include "runtime/data/fetched.h"
#include "runtime/data/table.h"
#include "runtime/files/mapped_file.h"

/// `builtin(boston)`: a table in the folder of fetched data; the target is the price, medv.
namespace dnnc::runtime {

static LoadedSource load_boston(const SourceRequest& request) {
  const std::string path = fetched_file(request, "boston_house_prices.csv");
  const std::shared_ptr<const MappedFile> file = map_file(path);
  return load_table(request, "medv", {path, {file->data(), file->size()}}, nullptr);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_boston, dnnc::runtime::load_boston)
