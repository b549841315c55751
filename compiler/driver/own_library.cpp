#include "compiler/driver/own_library.h"

#include <dlfcn.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <filesystem>

#include "compiler/support/check.h"
#include "runtime/files/files.h"
#include "runtime/files/running_program.h"
#include "runtime/program/failure.h"

namespace dnnc {

std::string file_of(const OwnLibrary& library) {
  const std::filesystem::path program = runtime::running_program();
  return program.parent_path().parent_path() / "lib" / library.file;
}

void note_library(const OwnLibrary& library) {
  if (struct stat status{}; ::stat(file_of(library).c_str(), &status) == 0)
    runtime::note_read(file_of(library), status);
}

void* load_function(const OwnLibrary& library, const char* name) {
  void* const handle = dlopen(file_of(library).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    throw runtime::Failure(runtime::exit_input_output,
                           fmt::format("dnnc is not here whole; its {} does not load: {}", library.what, dlerror()));
  void* const function = dlsym(handle, name);
  check(function != nullptr, fmt::format("the {} has no table: {}", library.what, file_of(library)));
  return function;
}

}  // namespace dnnc
