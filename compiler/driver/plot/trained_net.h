#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/driver/load_runs.h"
#include "compiler/driver/session.h"
#include "runtime/run/answers.h"
#include "runtime/run/one_run.h"

namespace dnnc {

/// A net with its weights, and the examples that it is asked about.
struct TrainedNet {
  std::string file;  ///< the program
  LoadedRuns loaded;
  std::unique_ptr<runtime::Run> run;  ///< stays where it is: its machine knows the manifest
  std::vector<uint32_t> examples;     ///< of the part that is asked
  runtime::DataPart part = runtime::DataPart::Test;
  const runtime::DataSet& data() const { return *run->data; }
  const runtime::Manifest& manifest() const { return run->manifest; }
};

/// What the command line names: a program with --weights, or a record. std::nullopt after errors were printed. Throws Failure.
std::optional<TrainedNet> load_trained_net(Session& session);

/// What a net says of an example, and what it should have said; there may be no target.
struct Answer {
  uint32_t example = 0;
  std::vector<runtime::Shown> answers, targets;
};
/// Asks about rows of a set of data.
std::vector<Answer> ask(runtime::Run& run, const runtime::DataSet& data, const std::vector<uint32_t>& rows,
                        bool with_targets);

/// An answer as a class: its number, whose names there are, and how sure the net is of each.
struct ClassAnswer {
  size_t label = 0;
  std::vector<double> probabilities;
};

/// What is answered by an output of the net: a class, or a probability as one of two.
class ClassOutput {
 public:
  /// The first such output. Throws Failure where there is none.
  explicit ClassOutput(const TrainedNet& net);
  const std::vector<std::string>& names() const { return names_; }
  const std::string& output() const { return output_; }
  /// Of each place that is asked for of the example; of most nets one.
  ClassAnswer answer(const Answer& answer) const;
  std::optional<size_t> target(const Answer& answer) const;

 private:
  std::string output_;
  bool two_ = false;
  std::vector<std::string> names_;
};

/// The value of an output by its name; null if there is none.
const runtime::Shown* shown_named(const std::vector<runtime::Shown>& all, const std::string& name);

}  // namespace dnnc
