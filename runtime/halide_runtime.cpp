#include "runtime/halide_runtime.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "runtime/failure.h"
#include "runtime/threads.h"

namespace dnnc::runtime {
namespace {

/// What stands before each piece of scratch memory.
struct alignas(64) Header {
  size_t bytes = 0;
};
/// Vector loads may read this far beyond the end.
constexpr size_t slack = 64;

/// Kernels ask for the same sizes step after step: pieces that were freed are kept, so that after the first step
/// nothing is allocated. Each thread has its own.
class ScratchMemory {
 public:
  ~ScratchMemory() {
    for (Header* piece : kept_) std::free(piece);
  }

  void* take(size_t bytes) {
    Header** best = nullptr;
    for (Header*& piece : kept_)
      if (piece && piece->bytes >= bytes && piece->bytes / 2 <= bytes && (!best || piece->bytes < (*best)->bytes))
        best = &piece;
    Header* piece = best ? std::exchange(*best, nullptr) : allocate(bytes);
    return piece + 1;
  }

  void give(void* memory) {
    Header* piece = static_cast<Header*>(memory) - 1;
    Header** place = std::find(kept_.begin(), kept_.end(), nullptr);
    if (place == kept_.end()) {
      std::free(kept_[next_]);
      place = &kept_[next_];
      next_ = (next_ + 1) % kept_.size();
    }
    *place = piece;
  }

 private:
  /// Kernels do not test what they are given, so there is no way on without memory.
  static Header* allocate(size_t bytes) {
    const size_t whole = (sizeof(Header) + bytes + slack + 63) / 64 * 64;
    auto* piece = static_cast<Header*>(std::aligned_alloc(64, whole));
    if (!piece) {
      std::fprintf(stderr, "error: not enough memory for %zu bytes of scratch\n", whole);
      std::_Exit(kInputOutput);
    }
    piece->bytes = bytes;
    return piece;
  }

  std::array<Header*, 32> kept_{};
  size_t next_ = 0;
};

ScratchMemory& scratch() {
  thread_local ScratchMemory memory;
  return memory;
}

/// Kernels report a fault through a C function without a context, so it is kept here until the caller of the step asks.
struct Fault {
  std::mutex mutex;
  std::string text;
};
Fault& fault() {
  static Fault the_fault;
  return the_fault;
}

}  // namespace

std::span<const KernelSymbol> kernel_symbols() {
  static const KernelSymbol symbols[] = {
      {"halide_do_par_for", reinterpret_cast<void*>(halide_do_par_for)},
      {"halide_malloc", reinterpret_cast<void*>(halide_malloc)},
      {"halide_free", reinterpret_cast<void*>(halide_free)},
      {"halide_error", reinterpret_cast<void*>(halide_error)},
      {"halide_error_out_of_memory", reinterpret_cast<void*>(halide_error_out_of_memory)},
  };
  return symbols;
}

std::string take_kernel_fault() {
  const std::lock_guard lock(fault().mutex);
  return std::exchange(fault().text, {});
}

}  // namespace dnnc::runtime

using namespace dnnc::runtime;

extern "C" {

int halide_do_par_for(void* user_context, int (*task)(void*, int, uint8_t*), int first, int count, uint8_t* closure) {
  return parallel_for(task, first, count, user_context, closure);
}

void* halide_malloc(void*, size_t bytes) { return scratch().take(bytes); }

void halide_free(void*, void* memory) {
  if (memory) scratch().give(memory);
}

void halide_error(void*, const char* message) {
  const std::lock_guard lock(fault().mutex);
  if (fault().text.empty()) fault().text = message;
}

/// Never called, as halide_malloc does not come back without memory; kernels name it all the same.
int halide_error_out_of_memory(void* user_context) {
  halide_error(user_context, "not enough memory");
  return -1;
}
}
