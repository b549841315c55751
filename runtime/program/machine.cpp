#include "runtime/program/machine.h"

#include <cstring>
#include <stdexcept>

#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/finite.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/philox.h"

// Null in a trainer that was linked without it: its manifest has no memory plan.
extern "C" __attribute__((weak)) const dnnc::runtime::CheckerMaker dnnc_call_checker;

namespace dnnc::runtime {

Machine::Machine(const dnnc_program& program, const Manifest& manifest, Memory memory)
    : program_(&program), manifest_(&manifest) {
  // Behind the last buffer is the slack of the plan. Memory checks look at all of the arena, and around it.
  const MemoryLayout& layout = manifest.machine.memory;
  const int64_t margin = manifest.memory ? CallChecker::margin(layout) : 0;
  const bool whole = memory.bytes == 0 || manifest.memory;
  const int64_t bytes = margin + (whole ? manifest.arena_bytes : memory.bytes) + margin;
  const int64_t taken = AlignedMemory::allocated(bytes, layout);
  const std::string what = manifest.file + ": `" + manifest.run.name + "`";
  if (program.device) device_ = program.device->take(taken, layout, what);
  expect_memory(taken, what);
  try {
    block_ = AlignedMemory(bytes, layout);
  } catch (const std::bad_alloc&) {
    throw Failure(exit_input_output, what + ": " + memory_fault(taken, available_memory()));
  }
  const std::span<char> block = block_.bytes();
  std::memset(block.data(), memory.fill, block.size());
  arena_ = block.data() + margin;
  margin_ = margin;
  if (device_) {
    device_->put(0, block);
    // What lies beyond belongs to entries that will not run.
    for (const dnnc_view& view : std::span(program.views, program.view_count))
      if (margin + view.offset + view.bytes <= taken) device_->bind(view, margin);
  } else {
    program.bind(arena_);
  }
  if (manifest.memory) check_ = dnnc_call_checker(program, manifest, block, arena_, device_.get());
  for (const Tensor& tensor : manifest.tensors) kept_.push_back({tensor.offset, tensor.count() * 4});
  for (const FittedField& field : manifest.fitted)
    for (const int64_t offset : field.offsets) kept_.push_back({offset, field.count() * 4});
  for (const EntryInfo& entry : manifest.entries) {
    guards_.emplace_back(entry);
    for (const InputPort& port : entry.inputs)
      if (port.role == InputRole::Stream) streams_.push_back({port, stream_words(port.name)});
  }
  for (const auto& [port, words] : streams_) set(port, words[0]), set(port, words[1], 1);
}

void Machine::set_upper_seed(uint32_t upper) {
  if (upper == upper_seed_) return;
  upper_seed_ = upper;
  for (const auto& [port, words] : streams_) set(port, words[1] ^ upper, 1);
}

const EntryInfo* Machine::find(EntryKind kind) const {
  for (const EntryInfo& entry : manifest_->entries)
    if (entry.kind == kind) return &entry;
  return nullptr;
}

const EntryInfo& Machine::entry(EntryKind kind) const {
  const EntryInfo* found = find(kind);
  if (!found) throw std::logic_error(std::string("program has no entry ") + word_of(kind));
  return *found;
}

void Machine::push(int64_t offset, int64_t bytes) {
  if (device_ && !check_) device_->put(margin_ + offset, {arena_ + offset, static_cast<size_t>(bytes)});
}

void Machine::pull(int64_t offset, int64_t bytes) const {
  if (device_ && !check_) device_->get(margin_ + offset, {arena_ + offset, static_cast<size_t>(bytes)});
}

void Machine::pull_guarded(const EntryInfo& entry) const {
  if (!device_) return;
  for (const Witness& witness : entry.witnesses) pull(witness.offset, witness.bytes);
  for (const Guard& guard : entry.guards) pull(guard.offset, guard.bytes);
}

void Machine::compute(const EntryInfo& entry) {
  if (check_) return check_->compute(entry.code);
  expect_success(entry, program_->entries[entry.code].compute());
}

void Machine::update(const EntryInfo& entry) {
  if (check_) return check_->update(entry.code);
  if (device_ && entry.looks && !std::exchange(looked_, false)) device_->go_on();
  if (auto* update = program_->entries[entry.code].update) expect_success(entry, update());
}

void Machine::prepare(const EntryInfo& entry) {
  if (!runs_ahead()) return;
  device_->gather();
  compute(entry);
  update(entry);
  device_->load_gathered();
  device_->hold();
  compute(entry);
  looked_ = true;
  update(entry);
  device_->go_on();
  device_->wait();
}

void Machine::report(const EntryInfo& entry, dnnc_outcome outcome) const {
  const CallInfo& call = entry.calls.at(outcome.call);
  const std::string computes = "`" + call.name + "` (" + call.place + ")";
  const std::string said = take_kernel_fault();
  try {
    if (device_) device_->wait();  // what was asked for before stores where somebody looks no more
  } catch (const Failure&) {
    // the first fault is told
  }
  if (outcome.code == kernel_device_fault)
    throw Failure(exit_input_output,
                  manifest_->file + ": " + computes + " in entry " + word_of(entry.kind) + ": " + said);
  if (outcome.code == kernel_out_of_memory)
    throw Failure(exit_input_output, "not enough memory to compute " + computes + " in entry " + word_of(entry.kind) +
                                         (said.empty() ? ""
                                                       : ": it takes " + said + " besides the program's " +
                                                             std::to_string(manifest_->arena_bytes)));
  throw std::logic_error(std::string("entry ") + word_of(entry.kind) + ": kernel " + call.kernel + ", which computes " +
                         computes + ", failed with code " + std::to_string(outcome.code) +
                         (said.empty() ? "" : ": " + said));
}

void Machine::set(const Port& port, double value, int64_t element) {
  char* const at = arena_ + port.offset + element * bytes_of(port.storage);
  if (port.storage == Storage::Float32) {
    const auto number = static_cast<float>(value);
    std::memcpy(at, &number, sizeof number);
  } else if (port.storage == Storage::Int32) {
    // Seeds use all 32 bits, targets may be below zero.
    const auto bits = static_cast<uint32_t>(value < 0 ? static_cast<uint64_t>(static_cast<int64_t>(value))
                                                      : static_cast<uint64_t>(value));
    std::memcpy(at, &bits, sizeof bits);
  } else {
    *at = static_cast<char>(static_cast<uint8_t>(value));
  }
  push(at - arena_, bytes_of(port.storage));
}

void Machine::set(const EntryInfo& entry, const std::string& setting, double value, int64_t element) {
  for (const InputPort& port : entry.inputs)
    if (port.role == InputRole::Setting && port.name == setting) set(port, value, element);
}

void Machine::put(const Port& port, const FieldData& field, const uint32_t* rows, int64_t count) {
  gather_rows(field, rows, count, port.storage, arena_ + port.offset);
  push(port.offset, count * field.count * bytes_of(port.storage));
}

void Machine::put_rests(const Port& port, const FieldData& field, const uint32_t* rows, int64_t count) {
  gather_rests(field, rows, count, reinterpret_cast<float*>(arena_ + port.offset));
  push(port.offset, count * field.count * bytes_of(Storage::Float32));
}

void Machine::put(int64_t offset, std::span<const char> bytes) {
  std::memcpy(arena_ + offset, bytes.data(), bytes.size());
  push(offset, static_cast<int64_t>(bytes.size()));
}

void Machine::copy(int64_t from, int64_t to, int64_t bytes) {
  if (device_ && !check_) return device_->copy(margin_ + from, margin_ + to, bytes);
  std::memcpy(arena_ + to, arena_ + from, static_cast<size_t>(bytes));
}

double Machine::get(const Port& port, int64_t element) const {
  const char* at = arena_ + port.offset;
  pull(port.offset + element * bytes_of(port.storage), bytes_of(port.storage));
  switch (port.storage) {
    case Storage::Float32:
      return reinterpret_cast<const float*>(at)[element];
    case Storage::UInt8:
      return reinterpret_cast<const uint8_t*>(at)[element];
    case Storage::Int32:
      return reinterpret_cast<const int32_t*>(at)[element];
    case Storage::Float64:
      break;
  }
  return 0;
}

void Machine::get(int64_t offset, std::span<char> bytes) const {
  pull(offset, static_cast<int64_t>(bytes.size()));
  std::memcpy(bytes.data(), arena_ + offset, bytes.size());
}

std::vector<float> Machine::get_floats(int64_t offset, int64_t count) const {
  std::vector<float> values(static_cast<size_t>(count));
  get(offset, {reinterpret_cast<char*>(values.data()), values.size() * sizeof(float)});
  return values;
}

const Guard* Machine::not_finite(const EntryInfo& entry) {
  pull_guarded(entry);
  return guards_[entry.code].not_finite(arena_);
}

/// Every guard itself: a device has read them sooner than it has told what the bounds are made of.
std::optional<size_t> Machine::watch(const EntryInfo& entry) const {
  if (entry.looks || entry.guards.empty()) return std::nullopt;
  std::vector<Stretch> stretches;
  for (const Guard& guard : entry.guards) stretches.push_back({margin_ + guard.offset, guard.bytes / 4});
  return device_->watch(stretches);
}

void Machine::look_later(std::optional<size_t> watched) {
  if (watched) device_->look(*watched);
  looked_ = true;
}

void Machine::fetch_later(const Port& port, std::span<float> values) const {
  device_->get_later(margin_ + port.offset, {reinterpret_cast<char*>(values.data()), values.size_bytes()});
}

const Tensor* Machine::tensor_not_finite() const {
  const Tensor* found = nullptr;
  for (const Tensor& tensor : manifest_->tensors) {
    const bool of_optimizer = tensor.role == InputRole::OptimizerState;
    if (found && of_optimizer) continue;
    pull(tensor.offset, tensor.count() * 4);
    if (all_finite(reinterpret_cast<const float*>(arena_ + tensor.offset), tensor.count())) continue;
    if (!of_optimizer) return &tensor;
    found = &tensor;
  }
  return found;
}

std::vector<char> Machine::save() const {
  std::vector<char> kept;
  for (const Piece& piece : kept_) pull(piece.offset, piece.bytes);
  for (const Piece& piece : kept_) kept.insert(kept.end(), arena_ + piece.offset, arena_ + piece.offset + piece.bytes);
  return kept;
}

void Machine::restore(std::span<const char> kept) {
  for (const Piece& piece : kept_) {
    put(piece.offset, kept.first(static_cast<size_t>(piece.bytes)));
    kept = kept.subspan(static_cast<size_t>(piece.bytes));
  }
}

}  // namespace dnnc::runtime
