#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/program/aligned_memory.h"
#include "runtime/program/call_checker.h"

namespace dnnc::runtime {

/// Runs a program call by call, trip by trip, and looks after each whether kernels use memory as planned:
///
/// 1. What a call writes lies over nothing that is still needed.
/// 2. A call changes no byte but those of its outputs: in the arena, around it, and behind its scratch memory.
/// 3. A call writes every element of its outputs, and these depend on its inputs alone: it is made once more in a second
///    arena, where everything else, scratch memory too, holds other numbers, and must give the same bits.
///
/// Memory that is not in use holds signalling NaNs: all of it when the program starts, all that does not outlive a step
/// when a step begins, and a buffer once its last reader has run. A fault is a std::logic_error that names the call and
/// the buffer.
class MemoryCheck final : public CallChecker {
 public:
  /// As a CheckerMaker is asked for.
  MemoryCheck(const dnnc_program& program, const Manifest& manifest, std::span<char> block, char* arena,
              DeviceMemory* device = nullptr);

  void compute(size_t entry) override;
  void update(size_t entry) override;

 private:
  /// Times are counted in calls as they are made, each trip anew: -1 stands for before the first, their number for after
  /// the last. A buffer holds one value from `first` to `last`.
  struct Lifetime {
    int64_t first, last;
  };
  /// The values of a buffer in order.
  using Lifetimes = std::vector<Lifetime>;
  /// A call that is made, or at the time -1 what is there before the first.
  struct Place {
    size_t entry;
    int64_t time;
    size_t number;  ///< of the call
    Nest nest = {};
  };

  void add_lifetimes(size_t entry);
  /// The value of the buffer that is in use, or null.
  const Lifetime* value_of(size_t buffer, const Place& place) const;
  void make_calls(size_t entry, const std::vector<StepPart>& parts);
  void make_call(const Place& place);
  bool is_made(const Place& place) const;
  void bind(std::span<char> block) const {
    if (!device_) program_.bind(block.data() + begin_);
  }
  void run(const Place& place, std::span<char> block, uint32_t scratch);
  void run_again(const Place& place);
  void expect_apart(const Place& place) const;
  void expect_same_outputs(const Place& place);
  void clear_unused(const Place& place);
  void store_trips(const Place& place);
  std::span<char> second() { return second_.bytes().first(block_.size()); }
  Piece all_of(size_t buffer) const { return {buffer, 0, plan_.buffers[buffer].bytes}; }
  std::vector<Piece> pieces(const Place& place, const std::vector<Argument>& arguments) const;
  std::vector<Piece> pieces_read(const Place& place) const;
  void copy(std::span<const char> from, std::span<char> to, const std::vector<Piece>& pieces) const;
  template <class Byte>
  std::span<Byte> part(std::span<Byte> block, const Piece& piece) const {
    const int64_t offset = plan_.buffers[piece.buffer].offset + piece.offset;
    return block.subspan(static_cast<size_t>(begin_ + offset), static_cast<size_t>(piece.bytes));
  }
  const MemoryPlan::Call& call(const Place& place) const { return plan_.entries[place.entry].calls[place.number]; }
  std::string name(size_t buffer) const { return "`" + plan_.buffers[buffer].name + "`"; }
  std::string name_at(const Place& place, int64_t offset) const;
  [[noreturn]] void fault(const Place& place, const std::string& what) const;

  const dnnc_program& program_;
  const Manifest& manifest_;
  const MemoryPlan& plan_;
  std::span<char> block_;
  int64_t begin_;  ///< of the arena in the block
  DeviceMemory* const device_;
  std::vector<std::vector<Lifetimes>> lifetimes_;  ///< of each entry, of each buffer
  int64_t time_ = 0;                               ///< of the next call of the entry that runs
  std::vector<char> expected_;                     ///< what the block must hold
  AlignedMemory second_;                           ///< for calls made again; full of other numbers between them
};

}  // namespace dnnc::runtime
