#include "compiler/driver/code_generator.h"

#include <dlfcn.h>

#include <filesystem>

#include "compiler/support/check.h"
#include "runtime/files/running_program.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

const CodeGenerator* load_generator() {
  namespace fs = std::filesystem;
  const fs::path program = runtime::running_program();
  const fs::path library = program.parent_path().parent_path() / "lib/libdnnc_codegen.so";
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    throw runtime::Failure(runtime::exit_input_output,
                           std::string("dnnc is not here whole; its code generator does not load: ") + dlerror());
  auto* table = reinterpret_cast<decltype(&dnnc_code_generator)>(dlsym(handle, "dnnc_code_generator"));
  check(table != nullptr, "the code generator has no table: " + library.string());
  return table();
}

}  // namespace

const CodeGenerator& code_generator() {
  static const CodeGenerator* generator = load_generator();
  return *generator;
}

}  // namespace dnnc
