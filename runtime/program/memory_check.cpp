#include "runtime/program/memory_check.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>
#include <utility>

#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"

namespace dnnc::runtime {
namespace {

/// What unused memory holds: a signalling NaN, and a number beyond every table.
constexpr uint32_t unused_word = 0x7fa5a5a5;
/// What it holds when a call is made again: 12345.678. A kernel may lose a NaN, as a maximum does; hardly both.
constexpr uint32_t other_word = 0x4640e6b6;

/// As a part of memory that is full of the word from its beginning on: what is filled may begin and end within one.
void fill(std::span<char> memory, uint32_t word) {
  char bytes[sizeof word];
  std::memcpy(bytes, &word, sizeof word);
  size_t byte = reinterpret_cast<uintptr_t>(memory.data()) % sizeof word;
  for (char& one : memory) one = bytes[std::exchange(byte, (byte + 1) % sizeof word)];
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

/// The innermost loop if some of its trips are idle, or null.
const Loop* loop_with_idle_trips(const Nest& nest) {
  return nest.loops.empty() || !nest.loops.back()->at_work ? nullptr : nest.loops.back();
}

}  // namespace

MemoryCheck::MemoryCheck(const dnnc_program& program, const Manifest& manifest, std::span<char> block, char* arena,
                         DeviceMemory* device)
    : program_(program),
      manifest_(manifest),
      plan_(*manifest.memory),
      block_(block),
      begin_(arena - block.data()),
      device_(device),
      second_(static_cast<int64_t>(block.size()), manifest.machine.memory) {
  for (size_t entry = 0; entry < plan_.entries.size(); ++entry) add_lifetimes(entry);
  fill(block_, unused_word);
  fill(second(), other_word);
  bind(block_);
}

/// A call that writes all of a buffer and reads nothing of it begins a new value, as a kernel within a loop may do in each
/// trip. What some call sees in pieces is one value.
void MemoryCheck::add_lifetimes(size_t number) {
  const MemoryPlan::Entry& entry = plan_.entries[number];
  std::vector<Lifetimes> lifetimes(plan_.buffers.size());
  std::set<size_t> in_pieces;
  for (const MemoryPlan::Call& call : entry.calls)
    for (const std::vector<Argument>* arguments : {&call.inputs, &call.outputs})
      for (const Argument& argument : *arguments) {
        if (!argument.window) continue;
        in_pieces.insert(argument.buffer);
        if (argument.window->lag) in_pieces.insert(argument.window->lag->before);
      }
  const auto use = [&](size_t buffer, int64_t time, bool begins) {
    Lifetimes& values = lifetimes[buffer];
    if (values.empty() || begins) values.push_back({time, time});
    values.back().last = time;
  };
  int64_t time = 0;
  for (size_t buffer : entry.inputs) use(buffer, -1, false);
  const auto use_arguments = [&](size_t call_number, const Nest& nest) {
    const MemoryPlan::Call& call = entry.calls[call_number];
    const Place place{number, time, call_number, nest};
    const std::vector<Piece> inputs = pieces(place, call.inputs);
    for (const Piece& piece : inputs) use(piece.buffer, time, false);
    if (const Loop* loop = loop_with_idle_trips(nest)) use(*loop->at_work, time, false);
    for (const Piece& piece : pieces(place, call.outputs)) {
      const bool reads = std::ranges::any_of(inputs, [&](const Piece& read) { return read.buffer == piece.buffer; });
      use(piece.buffer, time, !reads && !in_pieces.contains(piece.buffer));
    }
    ++time;
  };
  for_each_trip(manifest_.entries[number].step.compute, use_arguments);
  for (size_t buffer : entry.guarded) use(buffer, time, false);
  for_each_trip(manifest_.entries[number].step.update, use_arguments);
  for (size_t buffer : entry.outputs) use(buffer, time, false);
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer)
    if (plan_.buffers[buffer].offset < plan_.kept_bytes) lifetimes[buffer] = {{-1, time}};
  lifetimes_.push_back(std::move(lifetimes));
}

const MemoryCheck::Lifetime* MemoryCheck::value_of(size_t buffer, const Place& place) const {
  const Lifetimes& values = lifetimes_[place.entry][buffer];
  const auto next = std::ranges::upper_bound(values, place.time, {}, [](const Lifetime& value) { return value.first; });
  return next == values.begin() || std::prev(next)->last < place.time ? nullptr : &*std::prev(next);
}

void MemoryCheck::compute(size_t entry) {
  const Place start{entry, -1, 0};
  expect_apart(start);
  std::vector<Piece> there;
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer)
    if (value_of(buffer, start)) there.push_back(all_of(buffer));
  expected_.assign(block_.begin(), block_.end());
  fill(block_, unused_word);
  copy(expected_, block_, there);
  time_ = 0;
  make_calls(entry, manifest_.entries[entry].step.compute);
}

void MemoryCheck::update(size_t entry) { make_calls(entry, manifest_.entries[entry].step.update); }

void MemoryCheck::make_calls(size_t entry, const std::vector<StepPart>& parts) {
  expected_.assign(block_.begin(), block_.end());
  for_each_trip(parts, [&](size_t call, const Nest& nest) { make_call({entry, time_++, call, nest}); });
}

void MemoryCheck::make_call(const Place& place) {
  expect_apart(place);
  if (!is_made(place)) return clear_unused(place);
  store_trips(place);
  copy(block_, second(), pieces_read(place));
  run(place, block_, unused_word);
  copy(block_, expected_, pieces(place, call(place).outputs));
  const int64_t changed = first_difference(block_, expected_);
  if (changed >= 0) fault(place, "changes " + name_at(place, changed - begin_) + ", which it may not write");
  run_again(place);
  clear_unused(place);
}

/// Whether the trip makes the call: those of its body, or those of idle trips.
bool MemoryCheck::is_made(const Place& place) const {
  const Loop* loop = loop_with_idle_trips(place.nest);
  if (!loop) return true;
  float rows = 0;
  std::memcpy(&rows, part(std::span<const char>(block_), piece_at_work(*loop, place.nest.trips)).data(), sizeof rows);
  return place.nest.idle == (rows == 0);
}

/// The numbers of trips that the call reads, as the call itself will store them.
void MemoryCheck::store_trips(const Place& place) {
  for (size_t loop = 0; loop < place.nest.loops.size(); ++loop) {
    const auto& trip = place.nest.loops[loop]->trip;
    const auto reads = [&](const Argument& argument) { return trip == argument.buffer; };
    if (!trip || std::ranges::none_of(call(place).inputs, reads)) continue;
    const auto number = static_cast<int32_t>(place.nest.trips[loop]);
    for (const std::span<char> memory : {block_, std::span(expected_)})
      std::memcpy(part(memory, all_of(*trip)).data(), &number, sizeof number);
  }
}

void MemoryCheck::run(const Place& place, std::span<char> block, uint32_t scratch) {
  bind(block);
  if (device_) {
    device_->go_on();  // whatever a kernel has found in what was made up
    device_->put(0, block);
  }
  watch_scratch(scratch);
  const int32_t code = program_.entries[place.entry].calls[place.number](place.nest.trips.data());
  if (device_) device_->get(0, block);
  watch_scratch(std::nullopt);
  const std::string told = take_kernel_fault();
  const CallInfo& planned = manifest_.entries[place.entry].calls[place.number];
  if (code == kernel_out_of_memory)
    throw Failure(exit_input_output, "not enough memory to compute `" + planned.name + "` (" + planned.place + ")" +
                                         (told.empty() ? "" : ": it takes " + told));
  if (!told.empty()) fault(place, told);
  if (code != 0) fault(place, "fails with code " + std::to_string(code));
}

/// In the second block, to which the inputs have been copied.
void MemoryCheck::run_again(const Place& place) {
  run(place, second(), other_word);
  bind(block_);
  expect_same_outputs(place);
  for (const std::vector<Piece>& all : {pieces_read(place), pieces(place, call(place).outputs)})
    for (const Piece& piece : all) fill(part(second(), piece), other_word);
  const int64_t changed = first_other_than(other_word, second());
  if (changed >= 0) fault(place, "changes " + name_at(place, changed - begin_) + ", which it may not write");
}

/// What comes into use at a place lies apart from all else that is in use there.
void MemoryCheck::expect_apart(const Place& place) const {
  for (size_t fresh = 0; fresh < plan_.buffers.size(); ++fresh) {
    const Lifetime* value = value_of(fresh, place);
    if (!value || value->first != place.time) continue;
    for (size_t other = 0; other < plan_.buffers.size(); ++other)
      if (other != fresh && value_of(other, place) && overlap(plan_.buffers[fresh], plan_.buffers[other]))
        fault(place, "needs memory for " + name(fresh) + " where " + name(other) + " is still in use");
  }
}

void MemoryCheck::expect_same_outputs(const Place& place) {
  for (const Piece& piece : pieces(place, call(place).outputs)) {
    const int64_t offset = first_difference(part(block_, piece), part(second(), piece));
    if (offset < 0) continue;
    const std::string element = std::to_string((piece.offset + offset) / static_cast<int64_t>(sizeof(float)));
    fault(place, "leaves element " + element + " of " + name(piece.buffer) +
                     " unwritten, or computes it from what is none of its inputs");
  }
}

/// Buffers that are used for the last time.
void MemoryCheck::clear_unused(const Place& place) {
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer) {
    const Lifetime* value = value_of(buffer, place);
    if (!value || value->last != place.time) continue;
    fill(part(block_, all_of(buffer)), unused_word);
    fill(part(std::span(expected_), all_of(buffer)), unused_word);
  }
}

std::vector<Piece> MemoryCheck::pieces(const Place& place, const std::vector<Argument>& arguments) const {
  std::vector<Piece> pieces;
  for (const Argument& argument : arguments)
    pieces.push_back(argument.window ? piece_of(argument.buffer, *argument.window, place.nest)
                                     : all_of(argument.buffer));
  return pieces;
}

/// What the call reads, and what tells whether it is made.
std::vector<Piece> MemoryCheck::pieces_read(const Place& place) const {
  std::vector<Piece> read = pieces(place, call(place).inputs);
  if (const Loop* loop = loop_with_idle_trips(place.nest)) read.push_back(piece_at_work(*loop, place.nest.trips));
  return read;
}

void MemoryCheck::copy(std::span<const char> from, std::span<char> to, const std::vector<Piece>& pieces) const {
  for (const Piece& piece : pieces) std::ranges::copy(part(from, piece), part(to, piece).begin());
}

/// "`x`", or "the memory 4 bytes behind `x`" of the last buffer in use before the offset.
std::string MemoryCheck::name_at(const Place& place, int64_t offset) const {
  size_t nearest = plan_.buffers.size();
  for (size_t buffer = 0; buffer < plan_.buffers.size(); ++buffer) {
    const bool before = plan_.buffers[buffer].offset <= offset && value_of(buffer, place);
    if (before && (nearest == plan_.buffers.size() || plan_.buffers[buffer].offset > plan_.buffers[nearest].offset))
      nearest = buffer;
  }
  if (nearest == plan_.buffers.size()) return "the memory before every buffer";
  const int64_t behind = offset - plan_.buffers[nearest].offset - plan_.buffers[nearest].bytes;
  return behind < 0 ? name(nearest) : "the memory " + std::to_string(behind) + " bytes behind " + name(nearest);
}

void MemoryCheck::fault(const Place& place, const std::string& what) const {
  const EntryInfo& entry = manifest_.entries[place.entry];
  std::string who = "its start";
  if (place.time >= 0) who = "`" + entry.calls[place.number].name + "`, call " + std::to_string(place.number);
  for (size_t loop = 0; loop < place.nest.trips.size(); ++loop)
    who += (loop == 0 ? " in trip " : ", ") + std::to_string(place.nest.trips[loop]);
  throw std::logic_error(std::string("memory check: entry ") + word_of(entry.kind) + ": " + who + ", " + what);
}

}  // namespace dnnc::runtime

extern "C" const dnnc::runtime::CheckerMaker dnnc_call_checker;
const dnnc::runtime::CheckerMaker dnnc_call_checker =
    [](const dnnc_program& program, const dnnc::runtime::Manifest& manifest, std::span<char> block, char* arena,
       dnnc::runtime::DeviceMemory* device) -> std::unique_ptr<dnnc::runtime::CallChecker> {
  return std::make_unique<dnnc::runtime::MemoryCheck>(program, manifest, block, arena, device);
};
