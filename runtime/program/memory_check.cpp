#include "runtime/program/memory_check.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"

namespace dnnc::runtime {
namespace {

/// What unused memory holds: a signalling NaN, and a number beyond every table.
constexpr uint32_t unused_word = 0x7fa5a5a5;
/// What it holds when a call is made again: 12345.678. A kernel may lose a NaN, as a maximum does; hardly both.
constexpr uint32_t other_word = 0x4640e6b6;

void fill(std::span<char> memory, uint32_t word) {
  for (size_t place = 0; place + sizeof word <= memory.size(); place += sizeof word)
    std::memcpy(memory.data() + place, &word, sizeof word);
}

/// The first element in which two blocks differ, as the place of its first byte, or -1.
int64_t first_difference(std::span<const char> a, std::span<const char> b) {
  if (std::memcmp(a.data(), b.data(), a.size()) == 0) return -1;
  const int64_t byte = std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin();
  return byte - byte % static_cast<int64_t>(sizeof(float));
}

/// The first element that is not the word, likewise. Where there is none, each is the one before it.
int64_t first_other_than(uint32_t word, std::span<const char> memory) {
  const bool alike = std::memcmp(memory.data(), memory.data() + sizeof word, memory.size() - sizeof word) == 0;
  if (alike && std::memcmp(memory.data(), &word, sizeof word) == 0) return -1;
  for (size_t place = 0; place + sizeof word <= memory.size(); place += sizeof word)
    if (std::memcmp(memory.data() + place, &word, sizeof word) != 0) return static_cast<int64_t>(place);
  return -1;
}

bool overlap(const MemoryPlan::Buffer& a, const MemoryPlan::Buffer& b) {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

}  // namespace

MemoryCheck::MemoryCheck(const dnnc_program& program, const MemoryPlan& plan, std::span<char> block, char* arena)
    : program_(program),
      plan_(plan),
      block_(block),
      begin_(arena - block.data()),
      second_((block.size() + sizeof(Line) - 1) / sizeof(Line)) {
  for (const MemoryPlan::Entry& entry : plan.entries) lifetimes_.push_back(lifetimes_of(entry));
  fill(block_, unused_word);
  fill(second(), other_word);
  program.bind(arena);
}

std::vector<MemoryCheck::Lifetime> MemoryCheck::lifetimes_of(const MemoryPlan::Entry& entry) const {
  std::vector<Lifetime> lifetimes(plan_.buffers.size());
  const auto use = [&](size_t buffer, int64_t number) {
    lifetimes[buffer].first = std::min(lifetimes[buffer].first, number);
    lifetimes[buffer].last = std::max(lifetimes[buffer].last, number);
  };
  const auto end = static_cast<int64_t>(entry.calls.size());
  for (size_t buffer : entry.inputs) use(buffer, -1);
  for (int64_t number = 0; number < end; ++number) {
    for (size_t buffer : entry.calls[static_cast<size_t>(number)].inputs) use(buffer, number);
    for (size_t buffer : entry.calls[static_cast<size_t>(number)].outputs) use(buffer, number);
  }
  for (size_t buffer : entry.outputs) use(buffer, end);
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer)
    if (plan_.buffers[buffer].offset < plan_.kept_bytes) lifetimes[buffer] = {-1, end};
  return lifetimes;
}

void MemoryCheck::compute(size_t entry) {
  expect_apart({entry, -1});
  std::vector<size_t> there;
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer)
    if (lifetimes_[entry][buffer].holds(-1)) there.push_back(buffer);
  expected_.assign(block_.begin(), block_.end());
  fill(block_, unused_word);
  copy(expected_, block_, there);
  make_calls(entry, 0, plan_.entries[entry].first_update);
}

void MemoryCheck::update(size_t entry) {
  make_calls(entry, plan_.entries[entry].first_update, plan_.entries[entry].calls.size());
}

void MemoryCheck::make_calls(size_t entry, size_t first, size_t last) {
  expected_.assign(block_.begin(), block_.end());
  for (size_t number = first; number < last; ++number) make_call({entry, static_cast<int64_t>(number)});
}

void MemoryCheck::make_call(Place place) {
  expect_apart(place);
  copy(block_, second(), call(place).inputs);
  run(place, block_, unused_word);
  copy(block_, expected_, call(place).outputs);
  const int64_t changed = first_difference(block_, expected_);
  if (changed >= 0) fault(place, "changes " + name_at(place, changed - begin_) + ", which it may not write");
  run_again(place);
  clear_unused(place);
}

void MemoryCheck::run(Place place, std::span<char> block, uint32_t scratch) {
  program_.bind(block.data() + begin_);
  watch_scratch(scratch);
  const int32_t code = program_.entries[place.entry].calls[place.number]();
  watch_scratch(std::nullopt);
  const std::string told = take_kernel_fault();
  if (code == kernel_out_of_memory)
    throw Failure(exit_input_output, "not enough memory for `" + call(place).name + "`");
  if (!told.empty()) fault(place, told);
  if (code != 0) fault(place, "fails with code " + std::to_string(code));
}

/// In the second block, to which the inputs have been copied.
void MemoryCheck::run_again(Place place) {
  run(place, second(), other_word);
  program_.bind(block_.data() + begin_);
  expect_same_outputs(place);
  for (const std::vector<size_t>& buffers : {call(place).inputs, call(place).outputs})
    for (size_t buffer : buffers) fill(part(second(), buffer), other_word);
  const int64_t changed = first_other_than(other_word, second());
  if (changed >= 0) fault(place, "changes " + name_at(place, changed - begin_) + ", which it may not write");
}

/// What comes into use at a place lies apart from all else that is in use there.
void MemoryCheck::expect_apart(Place place) const {
  const std::vector<Lifetime>& lifetimes = lifetimes_[place.entry];
  for (size_t fresh = 0; fresh < lifetimes.size(); ++fresh) {
    if (lifetimes[fresh].first != place.number) continue;
    for (size_t other = 0; other < lifetimes.size(); ++other)
      if (other != fresh && lifetimes[other].holds(place.number) && overlap(plan_.buffers[fresh], plan_.buffers[other]))
        fault(place, "needs memory for " + name(fresh) + " where " + name(other) + " is still in use");
  }
}

void MemoryCheck::expect_same_outputs(Place place) {
  for (size_t buffer : call(place).outputs) {
    const int64_t offset = first_difference(part(block_, buffer), part(second(), buffer));
    if (offset < 0) continue;
    const std::string element = std::to_string(offset / static_cast<int64_t>(sizeof(float)));
    fault(place, "leaves element " + element + " of " + name(buffer) +
                     " unwritten, or computes it from what is none of its inputs");
  }
}

/// Buffers that are used for the last time.
void MemoryCheck::clear_unused(Place place) {
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer) {
    if (lifetimes_[place.entry][buffer].last != place.number) continue;
    fill(part(block_, buffer), unused_word);
    fill(part(std::span(expected_), buffer), unused_word);
  }
}

void MemoryCheck::copy(std::span<const char> from, std::span<char> to, const std::vector<size_t>& buffers) const {
  for (size_t buffer : buffers) std::ranges::copy(part(from, buffer), part(to, buffer).begin());
}

const MemoryPlan::Call& MemoryCheck::call(Place place) const {
  return plan_.entries[place.entry].calls[static_cast<size_t>(place.number)];
}

/// "`x`", or "the memory 4 bytes behind `x`" of the last buffer in use before the offset.
std::string MemoryCheck::name_at(Place place, int64_t offset) const {
  size_t nearest = plan_.buffers.size();
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer) {
    const bool before = plan_.buffers[buffer].offset <= offset && lifetimes_[place.entry][buffer].holds(place.number);
    if (before && (nearest == plan_.buffers.size() || plan_.buffers[buffer].offset > plan_.buffers[nearest].offset))
      nearest = buffer;
  }
  if (nearest == plan_.buffers.size()) return "the memory before every buffer";
  const int64_t behind = offset - plan_.buffers[nearest].offset - plan_.buffers[nearest].bytes;
  return behind < 0 ? name(nearest) : "the memory " + std::to_string(behind) + " bytes behind " + name(nearest);
}

void MemoryCheck::fault(Place place, const std::string& what) const {
  const MemoryPlan::Entry& entry = plan_.entries[place.entry];
  std::string who = "its start";
  if (place.number >= 0) who = "`" + call(place).name + "`, call " + std::to_string(place.number);
  throw std::logic_error("memory check: entry " + entry.name + ": " + who + ", " + what);
}

}  // namespace dnnc::runtime
