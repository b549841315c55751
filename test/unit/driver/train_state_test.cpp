#include "runtime/run/train_state.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/pipeline.h"
#include "runtime/data/dataset.h"
#include "runtime/run/start.h"
#include "runtime/run/trainer.h"

namespace dnnc {
namespace {

/// A program compiled and loaded, with its data.
struct Loaded {
  explicit Loaded(const std::string& text) {
    const std::filesystem::path file =
        std::filesystem::temp_directory_path() / ("dnnc-state-" + std::to_string(getpid()) + ".dnn");
    std::ofstream(file) << "dnn 1\n" << text;
    Options options;
    options.file = file;
    Session session(options);
    const std::optional<Model> model = read_model(session);
    compiled = *compile_run(session, *model, model->trainings.front(), "");
    program = code_generator().load_program(compiled.plan, compiled.objects, "");
    data = runtime::load_data(compiled.manifest.data, {".", "", nullptr});
    std::filesystem::remove(file);
    run_options.quiet = true;
  }

  /// Trains from the start; after every `steps` steps the state goes to another trainer on another machine.
  runtime::TrainState train(int64_t steps) {
    auto machine = std::make_unique<runtime::Machine>(program->program(), compiled.manifest);
    runtime::initialize(*machine, compiled.manifest.run.seed);
    runtime::fit(*machine, data);
    runtime::Report report(run_options);
    auto trainer = std::make_unique<runtime::Trainer>(*machine, data, run_options, report);
    for (int64_t done = 1; trainer->step(); ++done) {
      if (done % steps != 0) continue;
      const runtime::TrainState state = trainer->state();
      trainer.reset();
      machine = std::make_unique<runtime::Machine>(program->program(), compiled.manifest,
                                                   runtime::Machine::Memory{.fill = 0xff});
      trainer = std::make_unique<runtime::Trainer>(*machine, data, run_options, report);
      trainer->restore(state);
      EXPECT_EQ(trainer->state(), state);
      ++moves;
    }
    return trainer->state();
  }

  Compiled compiled;
  std::unique_ptr<LoadedProgram> program;
  runtime::DataSet data;
  runtime::RunOptions run_options;
  int moves = 0;
};

/// Trains without a move and with moves after every k steps.
void expect_same(const std::string& text, bool stops = false) {
  Loaded loaded(text);
  const runtime::TrainState whole = loaded.train(INT64_MAX);
  // One that stops early stops before its last epoch, or it would not show that it goes on watching.
  EXPECT_EQ(whole.epoch == whole.epochs + 1, !stops) << to_text(whole);
  EXPECT_TRUE(whole.ended);
  for (const int64_t steps : {1, 2, 3, 7}) {
    loaded.moves = 0;
    const runtime::TrainState moved = loaded.train(steps);
    EXPECT_GT(loaded.moves, 0);
    EXPECT_TRUE(moved == whole) << "moved after every " << steps << " steps:\n"
                                << to_text(moved) << "\nand not:\n"
                                << to_text(whole);
  }
}

const char* const blobs = "data d { source = blobs(n: 45, noise: 0.4, seed: 3); validation = random(20%, seed: 2) }\n";

TEST(TrainState, GoesOnWithDrawsStatesAveragesAndPartialBatches) {
  expect_same(std::string(blobs) + R"(
net n(x: f32[2]) -> class[3] {
  x -> dense(8, relu) -> batchnorm -> dropout(0.3) -> dense(3)
}
train n on d {
  loss = crossentropy; metrics = [accuracy]
  optimizer = adam(rate: 0.02)
  average = ema(0.9)
  batch = 8; epochs = 4; seed = 5
})");
}

TEST(TrainState, GoesOnWithWatches) {
  expect_same(std::string(blobs) + R"(
net n(x: f32[2]) -> class[3] {
  x -> dense(8, tanh) -> dense(3)
}
train n on d {
  loss = crossentropy
  optimizer = momentum(rate: 1.5)
  anneal = plateau(on: validation.loss, factor: 0.5, patience: 1)
  keep = best(on: validation.loss); stop = early(patience: 3, on: validation.loss)
  batch = 8; epochs = 40; seed = 5
})",
              true);
}

TEST(TrainState, GoesOnWithSchedulesAndChangedPictures) {
  expect_same(R"(
data d { source = builtin(digits); test = tail(95%); augment = [flip(horizontal), shift(1)] }
net n(image: f32[8, 8, 1]) -> class[10] {
  image -> flatten -> dense(10)
}
train n on d {
  loss = crossentropy
  optimizer = adam(rate: 0.01 * cosine(step, steps))
  batch = 32; epochs = 3; seed = 5
})");
}

}  // namespace
}  // namespace dnnc
