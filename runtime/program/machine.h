#pragma once
#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/program/aligned_memory.h"
#include "runtime/program/call_checker.h"
#include "runtime/program/device.h"
#include "runtime/program/field_data.h"
#include "runtime/program/guards.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/manifest.h"
#include "runtime/program/program.h"

namespace dnnc::runtime {

/// A program with its memory: one arena, allocated once, in this process or on a device. Nobody else touches the arena or holds
/// a pointer into it, and only what says so waits for what was asked before. Nothing allocates after construction.
class Machine {
 public:
  struct Memory {
    unsigned char fill = 0;  ///< every byte of the arena starts so
    int64_t bytes = 0;       ///< of the arena: EntryInfo::arena_bytes of the entries that will run; 0: of all
  };
  /// A program may be bound to one machine at a time. Throws Failure if there is not so much memory.
  Machine(const dnnc_program& program, const Manifest& manifest) : Machine(program, manifest, Memory()) {}
  Machine(const dnnc_program& program, const Manifest& manifest, Memory memory);

  const Manifest& manifest() const { return *manifest_; }
  /// The entry of that kind, or null if the program has none.
  const EntryInfo* find(EntryKind kind) const;
  const EntryInfo& entry(EntryKind kind) const;

  /// With a memory plan in the manifest both are checked call by call: call_checker.h. A kernel that reports a fault is a
  /// std::logic_error that names the kernel, what it computes and its line; one that gets no memory is a Failure.
  void compute(const EntryInfo& entry);
  void update(const EntryInfo& entry);
  /// Lets a device make itself ready for the entry and do nothing else: its driver compiles kernels when they are first asked
  /// for, which may take seconds in which nothing ends it but the end of the process.
  void prepare(const EntryInfo& entry);
  /// The call of that number alone, in these trips of the loops around it: all of them in the order of the entry's step are
  /// what compute and update do. Whether those trips make it.
  bool call(const EntryInfo& entry, size_t number, std::span<const int64_t> trips) {
    const int32_t code = program_->entries[entry.code].calls[number](trips.data());
    if (code == call_not_made) return false;
    expect_success(entry, {code, static_cast<uint32_t>(number)});
    wait();
    return true;
  }
  /// Until a device has done all that was asked before: for who looks at clocks.
  void wait() const {
    if (device_) device_->wait();
  }

  /// Stores a number as the port keeps it.
  void set(const Port& port, double value, int64_t element = 0);
  /// The upper half of the seed, of which a setting is the lower one: it is in the streams of all draws.
  void set_upper_seed(uint32_t upper);
  /// Stores a setting where the entry reads it; one that the entry does not read is ignored.
  void set(const EntryInfo& entry, const std::string& setting, double value, int64_t element = 0);
  /// The examples `rows[0 ... count)` of a field become the first rows of the port. They are gathered where they are needed.
  void put(const Port& port, const FieldData& field, const uint32_t* rows, int64_t count);
  /// Likewise what float32 leaves of them.
  void put_rests(const Port& port, const FieldData& field, const uint32_t* rows, int64_t count);
  void put(int64_t offset, std::span<const char> bytes);
  void put(int64_t offset, std::span<const float> values) { put(offset, bytes_of_floats(values)); }
  /// From one place of the arena to another one, which does not overlap it.
  void copy(int64_t from, int64_t to, int64_t bytes);

  /// Wait for all that was asked before.
  double get(const Port& port, int64_t element = 0) const;
  void get(int64_t offset, std::span<char> bytes) const;
  std::vector<float> get_floats(int64_t offset, int64_t count) const;
  /// Waits, and looks at the entry's gradients and loss: null if all numbers are finite, else the first with one that is
  /// not.
  const Guard* not_finite(const EntryInfo& entry);
  /// Whether steps may be asked for before earlier ones are done, by the functions below: see DeviceMemory.
  /// Of the device on which it lies; empty: it lies in this process.
  DeviceName device_name() const { return device_ ? device_->name() : DeviceName{}; }
  bool runs_ahead() const { return device_ && !check_; }
  /// What not_finite() of the entry looks at; gives the number of it. None where the entry does it.
  std::optional<size_t> watch(const EntryInfo& entry) const;
  void look_later(std::optional<size_t> watched);
  /// What looks have found, there after wait(): see DeviceMemory.
  void fetch_found_later(int32_t& found) const { device_->found_later(found); }
  void go_on() const { device_->go_on(); }
  /// Where data can be kept beside the arena, for entries that take batches; null where steps do not run ahead.
  DeviceMemory* beside() const { return runs_ahead() ? device_.get() : nullptr; }
  /// The numbers of a port of float32, as they are then; there after wait().
  void fetch_later(const Port& port, std::span<float> values) const;
  /// Likewise the first tensor that is not finite, of what updates have stored. One that an optimizer keeps only if all that
  /// the model is are finite.
  const Tensor* tensor_not_finite() const;

  /// What outlives a step: all tensors of the manifest and the statistics of fitted fields, one after the other. Waits.
  std::vector<char> save() const;
  void restore(std::span<const char> kept);

 private:
  void expect_success(const EntryInfo& entry, dnnc_outcome outcome) const {
    if (outcome.code != 0) report(entry, outcome);
  }
  [[noreturn]] void report(const EntryInfo& entry, dnnc_outcome outcome) const;
  static std::span<const char> bytes_of_floats(std::span<const float> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
  }
  /// What has been stored here goes to the device, if there is one.
  void push(int64_t offset, int64_t bytes);
  /// Of what lies on the device the bytes are fetched.
  void pull(int64_t offset, int64_t bytes) const;
  void pull_guarded(const EntryInfo& entry) const;
  /// A piece of the arena that outlives a step.
  struct Piece {
    int64_t offset, bytes;
  };

  const dnnc_program* program_;
  const Manifest* manifest_;
  std::vector<Piece> kept_;
  std::vector<Guards> guards_;  ///< of each entry
  AlignedMemory block_;         ///< the arena, and what memory checks look at around it
  char* arena_ = nullptr;
  int64_t margin_ = 0;                    ///< of the block before the arena
  std::unique_ptr<DeviceMemory> device_;  ///< holds the block if it is not null; here is then what was read of it last
  bool looked_ = false;  ///< what the next update depends on; whoever did not ask wants it stored whatever there is
  std::unique_ptr<CallChecker> check_;
  std::vector<std::pair<Port, std::array<uint32_t, 2>>> streams_;  ///< of draws: words that kernels read
  uint32_t upper_seed_ = 0;                                        ///< which is in them
};

}  // namespace dnnc::runtime
