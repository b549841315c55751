#include "runtime/program/machine.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/memory_layout.h"

namespace dnnc::runtime {

namespace {
// Vector loads may run past the last element of the last buffer. Memory checks look at as much on either side.
constexpr int64_t slack = 256;
}  // namespace

void Machine::Free::operator()(char* memory) const { std::free(memory); }

Machine::Machine(const dnnc_program& program, const Manifest& manifest) : program_(&program), manifest_(&manifest) {
  const int64_t needed = slack + manifest.arena_bytes + slack;
  const auto bytes = static_cast<size_t>(cpu_memory.aligned(needed));
  block_.reset(static_cast<char*>(std::aligned_alloc(cpu_memory.alignment, bytes)));
  if (!block_) throw std::bad_alloc();
  std::memset(block_.get(), 0, bytes);
  arena_ = block_.get() + slack;
  program.bind(arena_);
  if (manifest.memory) check_.emplace(program, *manifest.memory, std::span(block_.get(), bytes), arena_);
}

const EntryInfo* Machine::find(const std::string& name) const {
  for (const EntryInfo& entry : manifest_->entries)
    if (entry.name == name) return &entry;
  return nullptr;
}

const EntryInfo& Machine::entry(const std::string& name) const {
  const EntryInfo* found = find(name);
  if (!found) throw std::logic_error("program has no entry " + name);
  return *found;
}

void Machine::compute(const EntryInfo& entry) {
  if (check_) return check_->compute(entry.code);
  expect_success(entry, program_->entries[entry.code].compute());
}

void Machine::update(const EntryInfo& entry) {
  if (check_) return check_->update(entry.code);
  if (auto* update = program_->entries[entry.code].update) expect_success(entry, update());
}

void Machine::report(const EntryInfo& entry, dnnc_outcome outcome) {
  const CallInfo& call = entry.calls.at(outcome.call);
  const std::string computes = "`" + call.name + "` (" + call.place + ")";
  const std::string said = take_kernel_fault();
  if (outcome.code == kernel_out_of_memory)
    throw Failure(exit_input_output, "not enough memory to compute " + computes + " in entry " + entry.name);
  throw std::logic_error("entry " + entry.name + ": kernel " + call.kernel + ", which computes " + computes +
                         ", failed with code " + std::to_string(outcome.code) + (said.empty() ? "" : ": " + said));
}

void Machine::set(const EntryInfo& entry, const std::string& setting, double value, int64_t element) {
  for (const InputPort& port : entry.inputs) {
    if (port.role != InputRole::Setting || port.name != setting) continue;
    if (port.storage == Storage::Int32) {
      // Seeds use all 32 bits.
      const auto bits = static_cast<uint32_t>(static_cast<uint64_t>(value));
      std::memcpy(bytes(port.offset) + element * 4, &bits, sizeof bits);
    } else {
      floats(port.offset)[element] = static_cast<float>(value);
    }
  }
}

double Machine::read(const Port& port, int64_t element) const {
  const char* at = arena_ + port.offset;
  switch (port.storage) {
    case Storage::Float32:
      return reinterpret_cast<const float*>(at)[element];
    case Storage::UInt8:
      return reinterpret_cast<const uint8_t*>(at)[element];
    case Storage::Int32:
      return reinterpret_cast<const int32_t*>(at)[element];
  }
  return 0;
}

std::vector<char> Machine::save_kept() const { return {arena_, arena_ + manifest_->kept_bytes}; }

void Machine::restore_kept(const std::vector<char>& kept) { std::memcpy(arena_, kept.data(), kept.size()); }

bool all_finite(const float* values, int64_t count) {
  constexpr uint32_t exponent = 0x7f800000u;
  uint32_t bad = 0;
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof bits);
    bad |= (bits & exponent) == exponent;
  }
  return bad == 0;
}

}  // namespace dnnc::runtime
