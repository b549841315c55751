#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// The few functions that kernels call besides the C library's: parallel loops, scratch memory, faults. They have C
/// linkage and Halide's names, and stand in for Halide's own runtime, of which nothing is linked.
extern "C" {
int halide_do_par_for(void* user_context, int (*task)(void*, int, uint8_t*), int first, int count, uint8_t* closure);
void* halide_malloc(void* user_context, size_t bytes);
void halide_free(void* user_context, void* memory);
void halide_error(void* user_context, const char* message);
int halide_error_out_of_memory(void* user_context);
int halide_error_buffer_allocation_too_large(void* user_context, const char* name, uint64_t bytes, uint64_t most);
}

namespace dnnc::runtime {

/// The name of the parallel loop, which steps call too.
constexpr const char* par_for_symbol = "halide_do_par_for";

struct KernelSymbol {
  const char* name;
  void* address;
};
/// All of them, for the JIT.
std::span<const KernelSymbol> kernel_symbols();

/// What a kernel returns if it got no memory: the number that Halide gives it.
constexpr int32_t kernel_out_of_memory = -11;
/// What a call alone returns in a trip that does not make it: see Loop::idle.
constexpr int32_t call_not_made = 1;

/// The first fault that a kernel has reported since the last call, or an empty string. Of missing memory it is how much was
/// asked for.
std::string take_kernel_fault();

/// Frees the scratch memory that this thread keeps for its next kernels.
void release_scratch();

/// With a word, scratch memory is given out full of it, and a kernel that has changed what lies behind its scratch memory
/// has a fault: for memory_check.h. Not to be called while a kernel runs.
void watch_scratch(std::optional<uint32_t> word);

}  // namespace dnnc::runtime
