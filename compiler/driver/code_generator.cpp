#include "compiler/driver/code_generator.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <filesystem>

#include "compiler/support/check.h"
#include "runtime/files/files.h"
#include "runtime/files/running_program.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"

namespace dnnc {
namespace {

/// What it takes to load Halide and LLVM and to compile a small program, as measured: most is address space.
constexpr int64_t least_addresses = int64_t{400} << 20, least_memory = int64_t{64} << 20;
/// What one more thread takes that compiles: stacks, and a heap of its own.
constexpr int64_t addresses_of_a_thread = int64_t{160} << 20;

void expect_room() {
  const auto expect = [](int64_t bytes, const runtime::AvailableMemory& available) {
    if (bytes > available.bytes)
      throw runtime::Failure(runtime::exit_input_output, "making code: " + runtime::memory_fault(bytes, available));
  };
  expect(least_addresses, runtime::available_addresses());
  expect(least_memory, runtime::available_memory());
}

const CodeGenerator* load_generator() {
  const std::string library = code_generator_file();
  expect_room();
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    throw runtime::Failure(runtime::exit_input_output,
                           std::string("dnnc is not here whole; its code generator does not load: ") + dlerror());
  auto* table = reinterpret_cast<decltype(&dnnc_code_generator)>(dlsym(handle, "dnnc_code_generator"));
  check(table != nullptr, "the code generator has no table: " + library);
  return table();
}

}  // namespace

std::string code_generator_file() {
  const std::filesystem::path program = runtime::running_program();
  return program.parent_path().parent_path() / "lib/libdnnc_codegen.so";
}

void note_code_generator() {
  if (struct stat status{}; ::stat(code_generator_file().c_str(), &status) == 0) runtime::note_read(status);
}

const CodeGenerator& code_generator() {
  static const CodeGenerator* generator = load_generator();
  return *generator;
}

int threads_to_compile(int wanted) {
  const int64_t more = runtime::available_addresses().bytes / addresses_of_a_thread;
  if (more >= wanted - 1) return wanted;
  runtime::tell_of_fewer_threads(static_cast<int>(more) + 1, wanted);
  return static_cast<int>(more) + 1;
}

}  // namespace dnnc
