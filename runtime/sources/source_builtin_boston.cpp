#include "runtime/data/fetched.h"
#include "runtime/data/table.h"

/// `builtin(boston)`: a table in the folder of fetched data; the target is the price.
namespace dnnc::runtime {

static LoadedSource load_boston(const SourceRequest& request) {
  const FetchedFile file = fetched_file(request, set_files<1>("builtin_boston")[0]);
  return load_table(request, source_target("builtin_boston"), {file.path, {file.bytes->data(), file.bytes->size()}},
                    nullptr);
}

}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(builtin_boston, dnnc::runtime::load_boston)
