#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/program/memory_plan.h"
#include "runtime/program/program.h"

namespace dnnc::runtime {

/// Runs a program call by call and looks after each whether kernels use memory as planned:
///
/// 1. What a call writes lies over nothing that is still needed.
/// 2. A call changes no byte but those of its outputs: in the arena, around it, and behind its scratch memory.
/// 3. A call writes every element of its outputs, and these depend on its inputs alone: it is made once more in a second
///    arena, where everything else, scratch memory too, holds other numbers, and must give the same bits.
///
/// Memory that is not in use holds signalling NaNs: all of it when the program starts, all that does not outlive a step
/// when a step begins, and a buffer once its last reader has run. A fault is a std::logic_error that names the call and
/// the buffer.
class MemoryCheck {
 public:
  /// Looks at `block`, in which the arena begins at `arena`, and binds the program to it.
  MemoryCheck(const dnnc_program& program, const MemoryPlan& plan, std::span<char> block, char* arena);

  /// As the functions of dnnc_entry. Inputs have been stored when `compute` begins.
  void compute(size_t entry);
  void update(size_t entry);

 private:
  /// The calls of an entry between which a buffer is in use: -1 stands for before the first, their number for after the
  /// last.
  struct Lifetime {
    int64_t first = INT64_MAX, last = -1;
    bool holds(int64_t number) const { return first <= number && number <= last; }
  };
  /// A call, or with the number -1 what is there before the first.
  struct Place {
    size_t entry;
    int64_t number;
  };

  /// A piece of the second block, aligned as arenas are.
  struct alignas(64) Line {
    char bytes[64];
  };

  std::vector<Lifetime> lifetimes_of(const MemoryPlan::Entry& entry) const;
  void make_calls(size_t entry, size_t first, size_t last);
  void make_call(Place place);
  void run(Place place, std::span<char> block, uint32_t scratch);
  void run_again(Place place);
  void expect_apart(Place place) const;
  void expect_same_outputs(Place place);
  void clear_unused(Place place);
  std::span<char> second() { return {reinterpret_cast<char*>(second_.data()), block_.size()}; }
  void copy(std::span<const char> from, std::span<char> to, const std::vector<size_t>& buffers) const;
  template <class Byte>
  std::span<Byte> part(std::span<Byte> block, size_t buffer) const {
    const MemoryPlan::Buffer& place = plan_.buffers[buffer];
    return block.subspan(static_cast<size_t>(begin_ + place.offset), static_cast<size_t>(place.bytes));
  }
  const MemoryPlan::Call& call(Place place) const;
  std::string name(size_t buffer) const { return "`" + plan_.buffers[buffer].name + "`"; }
  std::string name_at(Place place, int64_t offset) const;
  [[noreturn]] void fault(Place place, const std::string& what) const;

  const dnnc_program& program_;
  const MemoryPlan& plan_;
  std::span<char> block_;
  int64_t begin_;                                 ///< of the arena in the block
  std::vector<std::vector<Lifetime>> lifetimes_;  ///< of each entry, of each buffer
  std::vector<char> expected_;                    ///< what the block must hold
  std::vector<Line> second_;                      ///< for calls made again; full of other numbers between them
};

}  // namespace dnnc::runtime
