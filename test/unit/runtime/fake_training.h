#pragma once
#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <vector>

#include "fake_program.h"
#include "runtime/run/train.h"

/// A training whose entries are written by hand: its weight counts the steps that have been stored, its loss is the mean of the
/// batch's examples, and the loss of validation is written down for each epoch.
namespace dnnc::runtime::test {

/// What a step was given.
struct SeenStep {
  int step, epoch, count;
  float rate_scale;
  std::vector<float> x;  ///< of the whole batch
};

/// What the entries, which are C functions without arguments, read and write. Set anew by each FakeTraining.
struct FakeState {
  char* memory = nullptr;
  std::vector<SeenStep> seen;
  std::vector<float> validation = {1};  ///< loss by the epoch; the last is that of all later ones
  float steps_of_epoch = 3;
  int nan_at = -1, fault_at = -1;           ///< the steps whose gradient is no number and whose kernel fails
  int overflow_at = -1;                     ///< the step that stores what is not finite
  int32_t fault = 0;                        ///< what the kernel returns then
  bool fault_in_update = false;             ///< it is one that stores
  std::function<void(int step)> meanwhile;  ///< called within each step
};
inline FakeState fake;

/// Where each thing lies in the arena.
enum FakeOffset : int64_t {
  fake_w = 0,
  fake_x = 64,
  fake_count = 128,
  fake_step = 192,
  fake_epoch = 256,
  fake_rate = 320,
  fake_loss = 384,
  fake_gradient = 448,
  fake_start = 512
};
inline float& fake_float(FakeOffset offset) { return *reinterpret_cast<float*>(fake.memory + offset); }
inline int32_t& fake_int(FakeOffset offset) { return *reinterpret_cast<int32_t*>(fake.memory + offset); }

inline void fake_bind(char* arena) { fake.memory = arena; }
inline dnnc_outcome fake_initial() {
  fake_float(fake_start) = 0;
  return {};
}
inline dnnc_outcome fake_fault(bool in_update) {
  const bool fails = fake_int(fake_step) == fake.fault_at && in_update == fake.fault_in_update;
  return {fails ? fake.fault : 0, in_update ? 1u : 0u};
}
inline dnnc_outcome fake_compute() {
  const float* x = &fake_float(fake_x);
  const int step = fake_int(fake_step), count = fake_int(fake_count);
  fake.seen.push_back({step, fake_int(fake_epoch), count, fake_float(fake_rate), {x, x + 2}});
  fake_float(fake_loss) = 0;
  for (int i = 0; i < count; ++i) fake_float(fake_loss) += x[i] / static_cast<float>(count);
  fake_float(fake_gradient) = step == fake.nan_at ? std::numeric_limits<float>::quiet_NaN() : 1;
  if (fake.meanwhile) fake.meanwhile(step);
  return fake_fault(false);
}
inline dnnc_outcome fake_update() {
  fake_float(fake_w) += fake_int(fake_step) == fake.overflow_at ? std::numeric_limits<float>::infinity() : 1;
  return fake_fault(true);
}
inline dnnc_outcome fake_evaluate() {
  const auto epoch = static_cast<size_t>(fake_float(fake_w) / fake.steps_of_epoch);
  fake_float(fake_loss) = fake.validation[std::clamp<size_t>(epoch, 1, fake.validation.size()) - 1];
  return {};
}

inline Manifest fake_training_manifest() {
  const auto setting = [](const char* name, int64_t offset, Storage storage = Storage::Int32) {
    return InputPort{{name, storage, {}, offset}, InputRole::Setting};
  };
  const InputPort x{{"x", Storage::Float32, {2}, fake_x}, InputRole::Field}, count = setting("count", fake_count);
  const OutputPort loss{{"loss", Storage::Float32, {}, fake_loss}, OutputRole::Loss};
  Manifest manifest = two_tensors();
  manifest.arena_bytes = 1024;
  manifest.run = {.name = "net", .net = "net", .batch = 2, .epochs = 4, .seed = 7};
  manifest.tensors = {{{"w", {1}, InputRole::Parameter}, "net.dnn:3:5", fake_w}};
  manifest.entries = {
      {.kind = EntryKind::Initial,
       .batch = 2,
       .code = 0,
       .outputs = {{{"w", Storage::Float32, {1}, fake_start}, OutputRole::Value}}},
      {.kind = EntryKind::Train,
       .batch = 2,
       .code = 1,
       .inputs = {x, count, setting("step", fake_step), setting("epoch", fake_epoch),
                  setting("rate_scale", fake_rate, Storage::Float32)},
       .outputs = {loss},
       .guards = {{"gradient of w", "net.dnn:3:5", fake_gradient, 4}, {loss_name, "net.dnn:6:10", fake_loss, 4}},
       .calls = {{"k_1", KernelClass::Pointwise, "h", "net.dnn:4:7", 0, 8},
                 {"k_2", KernelClass::Pointwise, "new w", "net.dnn:3:5", 0, 8}}},
      {.kind = EntryKind::Evaluate, .batch = 2, .code = 2, .inputs = {x, count}, .outputs = {loss}}};
  return manifest;
}

inline constexpr std::array<dnnc_entry, 3> fake_training_entries = {{{fake_initial, nullptr, nullptr, 0},
                                                                     {fake_compute, fake_update, nullptr, 0},
                                                                     {fake_evaluate, nullptr, nullptr, 0}}};

/// The program. Its data, where a test gives none of its own, are the numbers 1 to 5, and 6 for validation.
struct FakeTraining {
  explicit FakeTraining(Manifest made = fake_training_manifest()) : manifest(std::move(made)), text(to_json(manifest)) {
    fake = {};
    program = {text.data(), text.size(), fake_training_entries.data(), fake_training_entries.size(), fake_bind};
    data.fields = {{"x", Storage::Float32, {}, 1, {{0, reinterpret_cast<const char*>(values.data()), nullptr}}}};
    data.examples = 6;
    data.train = {0, 1, 2, 3, 4};
    data.validation = {5};
    options.quiet = true;
  }

  TrainResult train() {
    machine = std::make_unique<Machine>(program, manifest);
    Report report(options);
    return runtime::train(*machine, data, options, report);
  }

  const std::array<float, 6> values = {1, 2, 3, 4, 5, 6};
  Manifest manifest;
  std::string text;
  dnnc_program program;
  DataSet data;
  RunOptions options;
  std::unique_ptr<Machine> machine;
};

}  // namespace dnnc::runtime::test
