#include <fmt/core.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "compiler/driver/read_program.h"
#include "compiler/interpret/train.h"
#include "compiler/passes/passes.h"
#include "compiler/sema/model.h"
#include "test/unit/native/program_runner.h"

// trace_steps REQUEST: takes training steps of a program over given batches, by the interpreter in float64 and by compiled
// code in float32, and prints what the losses were, at last that of evaluation over the first batch. REQUEST is a file of
// JSON:
//   {"file": ..., "run": name or "", "batch": 7, "steps": 100, "epochs": 5, "seed": 1, "start": {PATH: [numbers]},
//    "batches": [{"x": [numbers in row-major order], "count": [7]}, ...]}
// What `start` lacks starts as the program says. Prints {"start": {PATH: {"state": false, "shape": [...],
// "values": [...]}}, "interpreted": [losses], "compiled": [losses] or null for what cannot be compiled}.
namespace dnnc {
namespace {

using nlohmann::json;

/// The model goes on reading `sources`.
Model read_model(const std::string& file, Sources& sources) {
  Diagnostics diagnostics(sources);
  const std::vector<ast::File> files = read_program(file, sources, diagnostics);
  std::optional<Model> model = check(files, {}, sources, diagnostics);
  if (!model) throw std::runtime_error(file + " does not compile");
  return std::move(*model);
}

const Training& run_named(const Model& model, const std::string& name) {
  for (const Training& training : model.trainings)
    if (name.empty() || training.name == name) return training;
  throw std::runtime_error("no run " + name);
}

Graph optimized(Graph graph) {
  for (const Pass& pass : graph_passes()) graph = pass.run(std::move(graph));
  return graph;
}

size_t loss_of(const Graph& graph) {
  size_t loss = 0;
  while (graph.outputs.at(loss).role != OutputRole::Loss) ++loss;
  return loss;
}

struct Steps {
  Graph train, evaluate;
  Inputs start;
  std::vector<Inputs> batches;
  int64_t batch_size, count, epochs;
  double seed;

  Inputs settings(int64_t step) const { return step_settings(train, step, count, epochs, seed); }
  /// Of an evaluation behind all steps: its draws have the step 0.
  Inputs evaluation() const {
    Inputs inputs = settings(count - 1);
    inputs[runtime::word_of(runtime::SettingName::Step)] = {0};
    return inputs;
  }
  const Inputs& batch(int64_t step) const { return batches[static_cast<size_t>(step) % batches.size()]; }
};

json interpreted_losses(const Steps& steps) {
  const ReferenceTraining trained =
      reference_train(steps.train, steps.start, steps.batches, steps.count, steps.seed, steps.epochs);
  json losses = trained.losses;
  Inputs inputs = steps.evaluation();
  inputs.insert(trained.kept.begin(), trained.kept.end());
  for (const auto& [name, values] : steps.batch(0)) inputs[name] = values;
  const NodeId loss = steps.evaluate.outputs.at(loss_of(steps.evaluate)).node;
  losses.push_back(interpret(steps.evaluate, inputs)[loss].at(0));
  return losses;
}

/// Training and evaluation are entries of one program: its parameters are those of both.
json compiled_losses(const Steps& steps) {
  test::RunningProgram program(std::vector<EntryGraph>{{EntryKind::Train, steps.batch_size, steps.train, {}},
                                                       {EntryKind::Evaluate, steps.batch_size, steps.evaluate, {}}});
  const auto set = [&](const Inputs& inputs, size_t entry) {
    for (const auto& [name, values] : inputs) program.set(name, values, entry);
  };
  Inputs start = steps.start;
  start_averages(steps.train, start);
  set(start, 0);
  json losses = json::array();
  for (int64_t step = 0; step < steps.count; ++step) {
    set(steps.settings(step), 0);
    set(steps.batch(step), 0);
    program.step(0);
    losses.push_back(program.output(loss_of(steps.train), 0).at(0));
  }
  set(steps.evaluation(), 1);
  set(steps.batch(0), 1);
  program.step(1);
  losses.push_back(program.output(loss_of(steps.evaluate), 1).at(0));
  return losses;
}

json start_of(const Training& training, const Inputs& start) {
  json result = json::object();
  for (const ParameterInfo& info : training.parameters)
    result[info.path] = {
        {"state", info.role == InputRole::State}, {"shape", info.shape}, {"values", start.at(info.path)}};
  return result;
}

json trace(const json& request) {
  Sources sources;
  const Model model = read_model(request.at("file"), sources);
  const Training& training = run_named(model, request.at("run"));
  const int64_t batch = request.at("batch");
  Steps steps{optimized(build_graph(model, training, GraphKind::Train, batch)),
              optimized(build_graph(model, training, GraphKind::Evaluate, batch)),
              request.at("start").get<Inputs>(),
              request.at("batches").get<std::vector<Inputs>>(),
              batch,
              request.at("steps"),
              request.at("epochs"),
              request.at("seed")};
  steps.start.merge(reference_start(optimized(build_graph(model, training, GraphKind::Initial, batch)), steps.seed));
  return {{"start", start_of(training, steps.start)},
          {"interpreted", interpreted_losses(steps)},
          {"compiled", compiled_losses(steps)}};
}

}  // namespace
}  // namespace dnnc

int main(int count, char** arguments) {
  try {
    if (count != 2) throw std::runtime_error("usage: trace_steps REQUEST");
    std::cout << dnnc::trace(nlohmann::json::parse(std::ifstream(arguments[1]))).dump() << "\n";
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "trace_steps: {}\n", error.what());
    return 1;
  }
}
