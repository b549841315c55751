#include "compiler/driver/plot/records.h"

#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc {

std::string record_weights(const std::string& folder) {
  for (const char* name : {"best.safetensors", "last.safetensors"})
    if (const std::string path = folder + "/" + name; runtime::file_exists(path)) return path;
  throw runtime::Failure(runtime::exit_input_output,
                         folder + ": no record of a training: it has no weights; --record FOLDER makes one");
}

}  // namespace dnnc
