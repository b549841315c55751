#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "fake_program.h"
#include "runtime/run/answers.h"
#include "runtime/run/evaluate.h"
#include "runtime/run/predict.h"
#include "runtime/run/start.h"

/// Start, evaluation and prediction with a program whose entries are written by hand, so that every number is known.
namespace dnnc::runtime {
namespace {

/// Where each thing lies in the arena.
enum Offset : int64_t {
  x_at = 0,
  w_at = 64,
  average_at = 128,
  initial_at = 192,
  fitted_at = 256,
  mean_at = 320,
  deviation_at = 384,
  count_at = 448,
  seed_at = 512,
  step_at = 576,
  loss_at = 640,
  hits_at = 704,
  accuracy_at = 768,
  answers_at = 832,
  labels_at = 896,
  mean_rest_at = 928,
  rest_at = 960,
};

char* memory = nullptr;
void bind(char* arena) { memory = arena; }
float* floats(Offset offset) { return reinterpret_cast<float*>(memory + offset); }
int32_t& whole(Offset offset) { return *reinterpret_cast<int32_t*>(memory + offset); }

/// w = (seed, seed + 1).
dnnc_outcome initial() {
  for (int i = 0; i < 2; ++i) floats(initial_at)[i] = static_cast<float>(whole(seed_at) + i);
  return {};
}
dnnc_outcome fit_entry() {
  std::copy_n(floats(x_at), 4, floats(fitted_at));
  return {};
}
/// Of the batch the mean of the loss, x[0], and the sum of the hits, x[1]. In a training step the loss would be wrong.
dnnc_outcome evaluate_entry() {
  floats(loss_at)[0] = floats(hits_at)[0] = 0;
  const int count = whole(count_at);
  for (int i = 0; i < count; ++i) {
    floats(loss_at)[0] += (floats(x_at)[2 * i] + static_cast<float>(whole(step_at))) / static_cast<float>(count);
    floats(hits_at)[0] += floats(x_at)[2 * i + 1];
  }
  return {};
}
/// A metric that is no mean itself: the square of one.
dnnc_outcome finish() {
  floats(accuracy_at)[0] = floats(hits_at)[0] * floats(hits_at)[0];
  return {};
}
/// The probabilities are x[0] and x[1]; the label is that of the greater one.
dnnc_outcome predict_entry() {
  std::copy_n(floats(x_at), 4, floats(answers_at));
  auto* labels = reinterpret_cast<int32_t*>(memory + labels_at);
  for (int i = 0; i < 2; ++i) labels[i] = floats(x_at)[2 * i + 1] > floats(x_at)[2 * i] ? 1 : 0;
  return {};
}

InputPort setting(const char* name, int64_t offset, Storage storage = Storage::Int32) {
  return {{name, storage, {}, offset}, InputRole::Setting};
}

Manifest manifest_of_all() {
  const InputPort x{{"x", Storage::Float32, {2, 2}, x_at}, InputRole::Field};
  const InputPort count = setting("count", count_at), seed = setting("seed", seed_at), step = setting("step", step_at);
  const Port hits{"hits", Storage::Float32, {}, hits_at};
  Manifest manifest = test::two_tensors();
  manifest.arena_bytes = 1024;
  manifest.tensors = {{{"w", {2}, InputRole::Parameter}, "", w_at},
                      {{"w.average", {2}, InputRole::Average}, "", average_at}};
  manifest.fitted = {{{"x", {2}}, {mean_at, mean_rest_at, deviation_at}}};
  manifest.metrics = {{"accuracy", {{"hits"}}}};
  manifest.outputs = {{"output", Head::Class, 2, {2}}};
  manifest.data.raw = {{"x", {2}, {}}};
  manifest.data.inputs = {"x"};
  const auto add = [&](EntryKind kind, std::vector<InputPort> inputs, std::vector<OutputPort> outputs) {
    manifest.entries.push_back(
        {.kind = kind, .batch = 2, .code = manifest.entries.size(), .inputs = inputs, .outputs = outputs});
  };
  add(EntryKind::Initial, {seed}, {{{"w", Storage::Float32, {2}, initial_at}, OutputRole::Value}});
  add(EntryKind::Fit, {x, count}, {{{"x", Storage::Float32, {2, 2}, fitted_at}, OutputRole::Value}});
  add(EntryKind::Evaluate, {x, count, step},
      {{{"loss", Storage::Float32, {}, loss_at}, OutputRole::Loss}, {hits, OutputRole::Metric}});
  add(EntryKind::Finish, {setting("hits", hits_at, Storage::Float32)},
      {{{"accuracy", Storage::Float32, {}, accuracy_at}, OutputRole::Metric}});
  add(EntryKind::Predict, {x, seed},
      {{{"output", Storage::Float32, {2, 2}, answers_at}, OutputRole::Result},
       {{"output.label", Storage::Int32, {2}, labels_at}, OutputRole::Result}});
  return manifest;
}

struct Run : testing::Test {
  Run() {
    data.fields = {{"x", Storage::Float32, {2}, 2, {{0, reinterpret_cast<const char*>(values.data()), nullptr}}}};
    data.examples = 3;
    data.train = {0, 1, 2};
    data.names.classes = {"cat", "dog"};
  }
  const std::array<float, 6> values = {1, 0, 2, 0, 6, 3};
  const std::array<dnnc_entry, 5> entries = {{{initial, nullptr, nullptr, 0},
                                              {fit_entry, nullptr, nullptr, 0},
                                              {evaluate_entry, nullptr, nullptr, 0},
                                              {finish, nullptr, nullptr, 0},
                                              {predict_entry, nullptr, nullptr, 0}}};
  const Manifest manifest = manifest_of_all();
  const dnnc_program program = {nullptr, 0, entries.data(), entries.size(), bind};
  Machine machine{program, manifest, {.fill = 0xff}};
  DataSet data;
};

using Floats = std::vector<float>;

TEST_F(Run, StartsWeightsFromTheSeedAndAveragesAsTheirCopies) {
  initialize(machine, 7);
  EXPECT_EQ(machine.get_floats(w_at, 2), (Floats{7, 8}));
  EXPECT_EQ(machine.get_floats(average_at, 2), (Floats{7, 8}));
}

TEST_F(Run, FitsOverTheTrainingPartEachExampleOnce) {
  data.train = {0, 2, 1};
  fit(machine, data, 0);
  // The second batch has one example alone, repeated; the deviations are those of (1, 2, 6) and (0, 0, 3).
  EXPECT_EQ(machine.get_floats(mean_at, 2), (Floats{3, 1}));
  EXPECT_EQ(machine.get_floats(mean_rest_at, 2), (Floats{0, 0}));
  EXPECT_FLOAT_EQ(machine.get_floats(deviation_at, 2)[0], 2.1602469f);
  EXPECT_FLOAT_EQ(machine.get_floats(deviation_at, 2)[1], 1.4142135f);
}

TEST_F(Run, StandardisesByOneWhatNeverVaries) {
  data.train = {0, 1};
  fit(machine, data, 0);
  EXPECT_EQ(machine.get_floats(deviation_at, 2), (Floats{0.5f, 1}));
}

TEST_F(Run, WeighsBatchesByTheirExamplesAndMakesMetricsOfMeans) {
  const Numbers numbers = evaluate(machine, data, data.train, {.step = 100});
  // The step of the caller is not that of an evaluation: 0. The mean of hits is 1 over all, whose square is 1.
  EXPECT_EQ(numbers, (Numbers{{"loss", 3.0}, {"accuracy", 1.0}}));
  EXPECT_EQ(evaluate(machine, data, {2, 1}, {}), (Numbers{{"loss", 4.0}, {"accuracy", 2.25}}));
}

TEST_F(Run, EvaluatesNothingToNothing) { EXPECT_TRUE(evaluate(machine, data, {}, {}).empty()); }

TEST_F(Run, PredictsOneExample) {
  EXPECT_EQ(predict_one(machine, {0.25, 0.75}, 3), 1);
  EXPECT_EQ(machine.get_floats(x_at, 4), (Floats{0.25f, 0.75f, 0.25f, 0.75f})) << "the batch is filled up";
  const std::vector<Shown> answers = answers_to(machine, data.names, 0, {});
  EXPECT_EQ(text_of(answers), "dog (0.7500)");
  EXPECT_EQ(json_of(answers).dump(), R"({"label":"dog","probabilities":[0.25,0.75]})");
  EXPECT_THROW(predict_one(machine, {0.25}, 3), std::exception);
}

TEST_F(Run, PredictsNoMoreThanThePartHas) {
  RunOptions options;
  options.json = true;
  Report report(options);
  testing::internal::CaptureStdout();
  predict_part(machine, data, {2, 0, 1}, {.count = 10, .seed = 3}, report);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_TRUE(text.starts_with(R"({"answer":{"label":"cat")")) << text;
}

}  // namespace
}  // namespace dnnc::runtime
