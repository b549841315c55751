#include "runtime/data/fetched.h"
#include "runtime/data/source_table.h"
#include "runtime/data/table.h"
#include "runtime/files/mapped_file.h"

/// `builtin(boston)`: a table in the folder of fetched data; the target is the price.
namespace dnnc::runtime {

static LoadedSource load_boston(const SourceRequest& request) {
  const std::string path = fetched_file(request, set_files<1>("builtin_boston")[0]);
  const std::shared_ptr<const MappedFile> file = map_file(path);
  return load_table(request, source_target("builtin_boston"), {path, {file->data(), file->size()}}, nullptr);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_boston, dnnc::runtime::load_boston)
