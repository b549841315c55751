#pragma once
#include <cstdlib>
#include <memory>
#include <new>
#include <span>

#include "runtime/program/memory_layout.h"

namespace dnnc::runtime {

/// Memory that begins where a buffer may begin.
class AlignedMemory {
 public:
  AlignedMemory() = default;
  /// At least so many bytes. Throws std::bad_alloc if there are not so many.
  AlignedMemory(int64_t bytes, const MemoryLayout& layout)
      : bytes_(static_cast<size_t>(allocated(bytes, layout))),
        memory_(static_cast<char*>(std::aligned_alloc(static_cast<size_t>(layout.alignment), bytes_))) {
    if (!memory_) throw std::bad_alloc();
  }
  /// How many that are.
  static constexpr int64_t allocated(int64_t bytes, const MemoryLayout& layout) {
    return layout.aligned(bytes > 0 ? bytes : 1);
  }
  std::span<char> bytes() const { return {memory_.get(), bytes_}; }

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  size_t bytes_ = 0;
  std::unique_ptr<char[], Free> memory_;
};

}  // namespace dnnc::runtime
