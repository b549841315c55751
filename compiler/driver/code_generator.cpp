#include "compiler/driver/code_generator.h"

#include "compiler/driver/own_library.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"

namespace dnnc {
namespace {

constexpr OwnLibrary code_generator_library = {"libdnnc_codegen.so", "code generator"};

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
  expect_room();
  return load_table<decltype(&dnnc_code_generator)>(code_generator_library, "dnnc_code_generator")();
}

}  // namespace

std::string code_generator_file() { return file_of(code_generator_library); }

void note_code_generator() { note_library(code_generator_library); }

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
