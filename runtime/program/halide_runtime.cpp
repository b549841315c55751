#include "runtime/program/halide_runtime.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "runtime/program/available_memory.h"
#include "runtime/program/memory_layout.h"
#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

/// What stands before each piece of scratch memory.
struct alignas(cpu_memory.alignment) Header {
  size_t bytes = 0;  ///< that the piece has
  size_t asked = 0;  ///< that the kernel asked for
};
constexpr size_t slack = cpu_memory.slack;

/// What `watch_scratch` was told, for the C functions that kernels call: the word, and above it whether there is one.
std::atomic<uint64_t>& watched() {
  static std::atomic<uint64_t> word = 0;
  return word;
}
std::optional<uint32_t> watched_word() {
  const uint64_t word = watched();
  return word >> 32 ? std::optional(static_cast<uint32_t>(word)) : std::nullopt;
}

/// All words of a piece with its slack.
std::span<uint32_t> words_of(Header* piece) {
  auto* words = reinterpret_cast<uint32_t*>(piece + 1);
  return {words, (piece->bytes + slack) / sizeof *words};
}

/// Whether nothing has been written behind what the kernel asked for.
bool ends_with(Header* piece, uint32_t word) {
  const std::span<uint32_t> behind = words_of(piece).subspan((piece->asked + sizeof word - 1) / sizeof word);
  return std::ranges::all_of(behind, [&](uint32_t found) { return found == word; });
}

/// Kernels ask for the same sizes step after step: pieces that were freed are kept, so that after the first step
/// nothing is allocated. Each thread has its own.
class ScratchMemory {
 public:
  ~ScratchMemory() { release(); }

  /// Null if there is not so much memory, even without what is kept.
  void* take(size_t bytes) {
    Header** best = nullptr;
    for (Header*& piece : kept_)
      if (piece && piece->bytes >= bytes && piece->bytes / 2 <= bytes && (!best || piece->bytes < (*best)->bytes))
        best = &piece;
    Header* piece = best ? std::exchange(*best, nullptr) : allocate(bytes);
    if (!piece) return nullptr;
    piece->asked = bytes;
    if (const auto word = watched_word()) std::ranges::fill(words_of(piece), *word);
    return piece + 1;
  }

  void give(void* memory) {
    Header* piece = static_cast<Header*>(memory) - 1;
    if (const auto word = watched_word(); word && !ends_with(piece, *word))
      halide_error(nullptr, "changes what lies behind its scratch memory");
    Header** place = std::find(kept_.begin(), kept_.end(), nullptr);
    if (place == kept_.end()) {
      std::free(kept_[next_]);
      place = &kept_[next_];
      next_ = (next_ + 1) % kept_.size();
    }
    *place = piece;
  }

  void release() {
    for (Header*& piece : kept_) std::free(std::exchange(piece, nullptr));
  }

 private:
  static Header* allocate_whole(size_t bytes) {
    if (!is_available(static_cast<int64_t>(bytes))) return nullptr;
    return static_cast<Header*>(std::aligned_alloc(cpu_memory.alignment, bytes));
  }

  Header* allocate(size_t bytes) {
    const size_t whole = static_cast<size_t>(cpu_memory.aligned(static_cast<int64_t>(sizeof(Header) + bytes + slack)));
    Header* piece = allocate_whole(whole);
    if (!piece) {
      release();
      piece = allocate_whole(whole);
    }
    if (piece) piece->bytes = bytes;
    return piece;
  }

  std::array<Header*, 32> kept_{};
  size_t next_ = 0;
};

ScratchMemory& scratch() {
  thread_local ScratchMemory memory;
  return memory;
}

/// Kernels report a fault through a C function without a context, so it is kept here until the caller of the step asks. Where
/// memory is missing there is none for the text either: what is longer than its place is cut off.
struct Fault {
  std::mutex mutex;
  std::array<char, 512> text{};
};
Fault& fault() {
  static Fault the_fault;
  return the_fault;
}

}  // namespace

std::span<const KernelSymbol> kernel_symbols() {
  static const KernelSymbol symbols[] = {
      {par_for_symbol, reinterpret_cast<void*>(halide_do_par_for)},
      {"halide_malloc", reinterpret_cast<void*>(halide_malloc)},
      {"halide_free", reinterpret_cast<void*>(halide_free)},
      {"halide_error", reinterpret_cast<void*>(halide_error)},
      {"halide_error_out_of_memory", reinterpret_cast<void*>(halide_error_out_of_memory)},
      {"halide_error_buffer_allocation_too_large", reinterpret_cast<void*>(halide_error_buffer_allocation_too_large)},
  };
  return symbols;
}

std::string take_kernel_fault() {
  const std::lock_guard lock(fault().mutex);
  const std::string text = fault().text.data();
  fault().text.front() = '\0';
  return text;
}

void release_scratch() { scratch().release(); }

void watch_scratch(std::optional<uint32_t> word) { watched() = word ? uint64_t{1} << 32 | *word : 0; }

}  // namespace dnnc::runtime

using namespace dnnc::runtime;

extern "C" {

int halide_do_par_for(void* user_context, int (*task)(void*, int, uint8_t*), int first, int count, uint8_t* closure) {
  return parallel_for(task, first, count, user_context, closure);
}

void* halide_malloc(void*, size_t bytes) {
  void* memory = scratch().take(bytes);
  if (!memory) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%zu bytes", bytes);
    halide_error(nullptr, text.data());
  }
  return memory;
}

void halide_free(void*, void* memory) {
  if (memory) scratch().give(memory);
}

void halide_error(void*, const char* message) {
  const std::lock_guard lock(fault().mutex);
  std::array<char, 512>& text = fault().text;
  if (text.front() == '\0') std::snprintf(text.data(), text.size(), "%s", message);
}

/// A kernel returns what this gives when halide_malloc has given null, which has said how much was asked for.
int halide_error_out_of_memory(void*) { return kernel_out_of_memory; }

/// The same where Halide cannot tell beforehand how much scratch memory a kernel takes, and it is more than can be counted.
int halide_error_buffer_allocation_too_large(void*, const char*, uint64_t bytes, uint64_t) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%llu bytes", static_cast<unsigned long long>(bytes));
  halide_error(nullptr, text.data());
  return kernel_out_of_memory;
}
}
