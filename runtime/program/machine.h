#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/program/manifest.h"
#include "runtime/program/memory_check.h"
#include "runtime/program/program.h"

namespace dnnc::runtime {

/// A program with its memory: one arena, allocated once. Everything here is one example's row times a batch; nothing
/// allocates after construction.
class Machine {
 public:
  Machine(const dnnc_program& program, const Manifest& manifest);

  const Manifest& manifest() const { return *manifest_; }
  /// The entry of that name, or null if the program has none.
  const EntryInfo* find(const std::string& name) const;
  const EntryInfo& entry(const std::string& name) const;

  /// With a memory plan in the manifest both are checked call by call: memory_check.h. A kernel that reports a fault is a
  /// std::logic_error that names the kernel, what it computes and its line; one that gets no memory is a Failure.
  void compute(const EntryInfo& entry);
  void update(const EntryInfo& entry);
  /// The call of that number alone: all of them in order are a step.
  void call(const EntryInfo& entry, size_t number) {
    expect_success(entry, {program_->entries[entry.code].calls[number](), static_cast<uint32_t>(number)});
  }

  /// Stores a setting where the entry reads it; one that the entry does not read is ignored.
  void set(const EntryInfo& entry, const std::string& setting, double value, int64_t element = 0);
  double read(const Port& port) const { return read(port, 0); }
  double read(const Port& port, int64_t element) const;

  float* floats(int64_t offset) { return reinterpret_cast<float*>(arena_ + offset); }
  const float* floats(int64_t offset) const { return reinterpret_cast<const float*>(arena_ + offset); }
  char* bytes(int64_t offset) { return arena_ + offset; }

  /// The number of tensors kept, all parameters, states and averages; their bytes lie in [0, kept_bytes).
  std::vector<char> save_kept() const;
  void restore_kept(const std::vector<char>& kept);

 private:
  struct Free {
    void operator()(char* memory) const;
  };
  static void expect_success(const EntryInfo& entry, dnnc_outcome outcome) {
    if (outcome.code != 0) report(entry, outcome);
  }
  [[noreturn]] static void report(const EntryInfo& entry, dnnc_outcome outcome);

  const dnnc_program* program_;
  const Manifest* manifest_;
  std::unique_ptr<char[], Free> block_;  ///< the arena with slack on both sides
  char* arena_ = nullptr;
  std::optional<MemoryCheck> check_;
};

/// Whether all numbers are finite. Looks at bits, so that no floating-point mode matters.
bool all_finite(const float* values, int64_t count);

}  // namespace dnnc::runtime
