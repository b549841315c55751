#include "runtime/run/train_state.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/pipeline.h"
#include "runtime/data/dataset.h"
#include "runtime/program/threads.h"
#include "runtime/run/checkpoint.h"
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
    compiled = compile_run(session, *model, model->trainings.front(), "", {TargetName::Host})->front();
    program = code_generator().load_program(compiled.plan, compiled.objects, "");
    data = runtime::load_data(compiled.manifest.data, {".", "", nullptr});
    std::filesystem::remove(file);
    run_options.quiet = true;
  }

  /// Trains from the start; after every `steps` steps the state goes through a file to another trainer on another machine.
  runtime::TrainState train(int64_t steps) {
    const std::string path = std::filesystem::temp_directory_path() / ("dnnc-state-" + std::to_string(getpid()));
    const runtime::CheckpointKey key = key_of(compiled.manifest, data);
    auto machine = std::make_unique<runtime::Machine>(program->program(), compiled.manifest);
    runtime::initialize(*machine, compiled.manifest.run.seed);
    runtime::fit(*machine, data, compiled.manifest.run.seed);
    runtime::Report report(run_options);
    auto trainer = std::make_unique<runtime::Trainer>(*machine, data, run_options, report);
    for (int64_t done = 1; trainer->step(); ++done) {
      if (done % steps != 0) continue;
      runtime::save_checkpoint(compiled.manifest, key, {}, trainer->state(), path);
      const runtime::TrainState state = runtime::load_checkpoint(compiled.manifest, key, path);
      EXPECT_EQ(trainer->state(), state);
      trainer.reset();
      machine = std::make_unique<runtime::Machine>(program->program(), compiled.manifest,
                                                   runtime::Machine::Memory{.fill = 0xff});
      trainer = std::make_unique<runtime::Trainer>(*machine, data, run_options, report);
      trainer->restore(state);
      EXPECT_EQ(trainer->state(), state);
      ++moves;
    }
    for (const char* ending : {"", ".old"}) std::filesystem::remove(path + ending);
    return trainer->state();
  }

  Compiled compiled;
  std::unique_ptr<LoadedProgram> program;
  runtime::DataSet data;
  runtime::RunOptions run_options;
  int moves = 0;
};

/// Trains without a move and with moves after every k steps.
void expect_same(const std::string& text, bool stops = false, const std::vector<int64_t>& all_steps = {1, 2, 3, 7}) {
  Loaded loaded(text);
  const runtime::TrainState whole = loaded.train(INT64_MAX);
  // One that stops early stops before its last epoch, or it would not show that it goes on watching.
  EXPECT_EQ(whole.epoch == whole.epochs + 1, !stops) << to_text(whole);
  EXPECT_TRUE(whole.ended);
  for (const int64_t steps : all_steps) {
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

/// Pictures of the steps to come are made by threads while a step is taken, and are those of a trainer that has never been stopped.
TEST(TrainState, GoesOnWithPicturesThatAreMadeAhead) {
  runtime::set_threads(3);
  expect_same(R"(
data d {
  source = builtin(digits); test = tail(95%)
  augment = [rotate(20), zoom(20%), crop(80%), noise(1), brightness(10%), contrast(10%), cutout(2), flip(vertical)]
}
net n(image: f32[8, 8, 1]) -> class[10] {
  image -> flatten -> dense(10)
}
train n on d {
  loss = crossentropy
  optimizer = adam
  batch = 32; epochs = 3; seed = 5
})");
}

/// Programs that differ in all that a state holds, and stops anywhere.
TEST(TrainState, GoesOnInRandomProgramsAfterRandomStops) {
  std::mt19937 random(20);
  const auto one_of = [&](std::vector<std::string> all) { return all[random() % all.size()]; };
  for (int program = 0; program < 6; ++program) {
    const std::string text =
        "data d { source = blobs(n: " + std::to_string(30 + random() % 20) + ", noise: 0.4, seed: 3)\n" +
        one_of({"validation = tail(20%)", "validation = random(30%, seed: 2)"}) +
        "\nx2 = " + one_of({"x", "standardize(x)"}) + " }\nnet n(x2: f32[2]) -> class[3] { x2 -> dense(7, " +
        one_of({"relu", "tanh", "swish"}) + ")" + one_of({"", " -> batchnorm", " -> dropout(0.4)"}) +
        " -> dense(3) }\ntrain n on d {\nloss = crossentropy\noptimizer = " +
        one_of({"adam(rate: 0.02)", "momentum(rate: 0.1 * cosine(step, steps, warmup: 3))", "adamw(rate: 0.01)",
                "rmsprop(rate: 0.01 * exponential(epoch, 2))", "sgd(rate: 0.1 * one_cycle(step, steps))"}) +
        "\n" + one_of({"", "average = ema(0.9)\n", "clip = by_norm(0.5)\n"}) +
        one_of({"", "anneal = plateau(on: validation.loss, factor: 0.5, patience: 1)\n"}) +
        one_of({"", "keep = best(on: validation.loss)\n", "keep = best(on: train.loss)\n"}) +
        "batch = " + std::to_string(3 + random() % 9) + "; epochs = 3; seed = " + std::to_string(random()) + " }\n";
    SCOPED_TRACE(text);
    expect_same(text, false, {1 + static_cast<int64_t>(random() % 5), 1 + static_cast<int64_t>(random() % 5)});
  }
}

}  // namespace
}  // namespace dnnc
