#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/contract.h"
#include "runtime/program/data_description.h"
#include "runtime/program/formula.h"
#include "runtime/program/memory_layout.h"
#include "runtime/program/memory_plan.h"
#include "runtime/program/roles.h"
#include "runtime/program/run_numbers.h"
#include "runtime/program/step.h"
#include "runtime/program/tensor_names.h"

/// All that the runtime must know of a program, as plain structs: the compiler fills them (compiler/driver/manifest.cpp), and
/// they travel as JSON in the program's file (manifest_json.h). Offsets are bytes from the start of the arena, places are
/// texts like "f.dnn:4:12". See compiler/docs/manifest.md.
namespace dnnc::runtime {

/// A buffer of the arena that an entry reads or writes.
struct Port {
  std::string name;
  Storage storage = Storage::Float32;
  std::vector<int64_t> shape = {};  ///< the batch first where it is a field or a result
  int64_t offset = 0;
  int64_t count() const { return element_count(shape); }
  bool operator==(const Port&) const = default;
};
struct InputPort : Port {
  InputRole role = InputRole::Field;
  bool operator==(const InputPort&) const = default;
};
struct OutputPort : Port {
  OutputRole role = OutputRole::Value;
  bool operator==(const OutputPort&) const = default;
};
/// A gradient that must be finite before the updates are stored.
struct Guard {
  /// A factor times the largest magnitude of each of these witnesses, which counts as 1 at least.
  struct Term {
    double factor = 1;
    std::vector<size_t> witnesses = {};  ///< of the entry; one may stand there more than once
    bool operator==(const Term&) const = default;
  };
  std::string name, place;
  int64_t offset = 0, bytes = 0;
  std::vector<Term> bound = {};  ///< what its magnitude cannot exceed if the witnesses are finite: the sum; or empty
  bool operator==(const Guard&) const = default;
};
/// A buffer that is looked at in place of larger gradients that are made of it.
struct Witness {
  int64_t offset = 0, bytes = 0;
  bool operator==(const Witness&) const = default;
};
/// A call of a kernel, as dnnc_entry::calls holds it; in all trips of a step together.
struct CallInfo {
  std::string kernel = {};
  KernelClass kind = KernelClass::Pointwise;
  std::string name = {}, place = {};  ///< what it computes first, and where that was written
  double flops = 0;                   ///< of its contractions, useful ones only
  double bytes = 0;                   ///< that it has to read and write
  bool operator==(const CallInfo&) const = default;
};
/// One function of the program; its number in the list is that in dnnc_program::entries.
struct EntryInfo {
  EntryKind kind = EntryKind::Initial;
  int64_t batch = 0;
  size_t code = 0;          ///< its number
  int64_t arena_bytes = 0;  ///< of the arena, from its start, that it uses
  std::vector<InputPort> inputs = {};
  std::vector<OutputPort> outputs = {};
  std::vector<Guard> guards = {};
  bool looks = false;  ///< on a device its own code looks at the guards
  bool takes = false;  ///< likewise it can take batches from data that lie there: batch_words.h
  std::vector<Witness> witnesses = {};
  std::vector<CallInfo> calls = {};
  Step step = {};  ///< the order in which they are made
  bool operator==(const EntryInfo&) const = default;
};

/// A tensor that is kept with the model.
struct TensorInfo {
  std::string path;  ///< "mlp/dense1/w"
  std::vector<int64_t> shape = {};
  InputRole role = InputRole::Parameter;
  int64_t count() const { return element_count(shape); }
  bool operator==(const TensorInfo&) const = default;
};
struct Tensor : TensorInfo {
  std::string place;
  int64_t offset = 0;
  bool operator==(const Tensor&) const = default;
};

/// A field that is changed by statistics over the training part; they are kept with the model.
struct FittedInfo {
  std::string field;  ///< `features`: its statistics are called as tensor_names.h says
  std::vector<int64_t> shape = {};
  FitMethod method = FitMethod::Standardize;
  std::string place = {};  ///< of its formula: "a.dnn:4:7"
  int64_t count() const { return element_count(shape); }
  bool operator==(const FittedInfo&) const = default;
};
/// What the entry Fit calls the values of the field: those that are filled may be standardised too.
inline std::string fit_output(const FittedInfo& fitted) {
  return fitted.method == FitMethod::Standardize ? fitted.field : statistic_name(fitted.field, Statistic::Fill);
}
struct FittedField : FittedInfo {
  std::vector<int64_t> offsets = {};  ///< of its statistics, in the order of statistics_of()
  int64_t offset(Statistic statistic) const {
    const std::span<const Statistic> all = statistics_of(method);
    return offsets.at(static_cast<size_t>(std::find(all.begin(), all.end(), statistic) - all.begin()));
  }
  bool operator==(const FittedField&) const = default;
};

struct OutputInfo {
  std::string name;  ///< "output" if there is only one
  Head head = Head::Array;
  int64_t classes = 0;
  std::vector<int64_t> shape = {};  ///< of the scores, without the batch
  std::string target = {};    ///< the field of the source that it is compared with; empty: none, or one that is made
  bool makes_target = false;  ///< it is compared with what the entry Targets gives of its name
  bool standardized = false;  ///< in training; answers and targets are shown with that undone
  bool operator==(const OutputInfo&) const = default;
};
/// A net inside of the trained one that can be asked alone.
struct NetInfo {
  std::string path, net;  ///< "auto/decoder", "decoder"
  size_t entry = 0;
  std::vector<OutputInfo> outputs = {};
  std::vector<std::string> inputs = {};   ///< as DataDescription has them
  std::vector<RawField> own_fields = {};  ///< those inputs that the data do not have
  bool operator==(const NetInfo&) const = default;
};
/// A mean over all examples that a metric is made of: a setting of Finish. A plain one is told by an output of Train and Evaluate
/// of its name, the sum over the examples of a batch; a covariance by those of mean_part_name.
struct MeanInfo {
  std::string name;    ///< "accuracy.0"
  int64_t points = 0;  ///< of a covariance: numbers of an example that it runs over; of a plain mean 0
  bool operator==(const MeanInfo&) const = default;
};
struct MetricInfo {
  std::string name;                    ///< "accuracy"
  std::vector<MeanInfo> means = {};    ///< that Finish reads, in order
  std::vector<int64_t> shape = {};     ///< of a table, which is shown as one and is no number of a run
  std::vector<std::string> axes = {};  ///< what its indices are called
  bool operator==(const MetricInfo&) const = default;
};
/// One layer use, for `info`.
struct LayerInfo {
  std::string path, definition;
  std::vector<int64_t> shape = {};  ///< of its result
  int64_t parameters = 0;
  bool operator==(const LayerInfo&) const = default;
};

/// What the training loop does after each epoch: `early(patience: 3, on: validation.loss)`. What may be written for it:
/// loop_rules.h.
struct LoopRule {
  LoopRuleKind kind = LoopRuleKind::Early;
  DataPart part = DataPart::Validation;  ///< or Train: the part that `on` names
  std::string measure = loss_name;       ///< or a metric: what of the part is watched
  Goal goal = Goal::Smallest;
  int64_t patience = 1;  ///< of Early and Plateau: as many epochs without a better number
  double factor = 0.5;   ///< of Plateau: what the rate is multiplied by
  /// "validation.loss"
  std::string on() const { return part_number(part, measure); }
  bool operator==(const LoopRule&) const = default;
};
/// Steps are counted in 64 bits, and an epoch has as many as 32 bits can count.
constexpr int64_t most_epochs = 1'000'000'000;
/// Constants of the language are exact so far.
constexpr int64_t most_seed = std::numeric_limits<int64_t>::max();

/// The settings of a training, as its block says them.
struct RunInfo {
  std::string name;  ///< of the run: the net's, or the word after `as`
  std::string net;
  int64_t batch = 32, epochs = 1;
  uint64_t seed = 0;
  std::optional<LoopRule> stop = {}, keep = {}, anneal = {};
  bool averages = false;  ///< evaluation uses the running averages
  bool clips = false;     ///< gradients are kept small
  bool operator==(const RunInfo&) const = default;
};

/// A file of weights that a training starts from.
template <class Place>
struct BasicStartRule {
  std::string file;                     ///< relative to where relative paths of the data start
  std::vector<std::string> paths = {};  ///< patterns of the parameters and states that it is for; none: whatever fits
  std::string theirs = {};              ///< the pattern of the names in the file; empty: they are the same
  Place place = {};                     ///< of the setting
  bool operator==(const BasicStartRule&) const = default;
};
using StartRule = BasicStartRule<std::string>;

/// The processor that a program was compiled for.
struct MachineInfo {
  std::string name;  ///< the word of --target
  std::string text;  ///< all of it that decides code and results: compiler/target/cpu_target.h
  int lanes = 8;     ///< floats in a vector
  MemoryLayout memory = cpu_memory;
  bool operator==(const MachineInfo&) const = default;
};

/// A file of the program, with a newline at its end.
struct SourceText {
  std::string file = {}, text = {};
  bool operator==(const SourceText&) const = default;
};

struct Manifest {
  std::string file = {};                    ///< the program's path
  std::vector<SourceText> sources = {};     ///< its text and then those that it imports
  std::vector<std::string> constants = {};  ///< those of --set: "width=64"
  /// Change whenever the net computes something else, and whenever a step does: net, loss, optimizer, batch. Names and places
  /// do not count.
  std::string net_key = {}, step_key = {};
  MachineInfo machine = {};
  int64_t arena_bytes = 0, kept_bytes = 0;
  RunInfo run = {};
  std::vector<StartRule> start = {};  ///< in the order of the text: of several for a tensor the last counts
  std::vector<Tensor> tensors = {};
  std::vector<FittedField> fitted = {};
  std::vector<OutputInfo> outputs = {};
  std::vector<MetricInfo> metrics = {};
  std::vector<LayerInfo> layers = {};
  std::vector<Formula> formulas = {};  ///< of the net; none if they are too long to go with weights
  std::vector<EntryInfo> entries = {};
  std::vector<NetInfo> nets = {};
  DataDescription data = {};
  std::string folder = {};  ///< where the data's relative paths start
  std::vector<Contract> contracts = {};
  std::optional<MemoryPlan> memory = {};  ///< if every call is to be checked (memory_check.h)
  bool operator==(const Manifest&) const = default;
};

/// The bytes that a machine allocates for training or for answering alone; std::nullopt for what is no memory, or not there.
std::optional<int64_t> memory_number(const Manifest& manifest, RunNumber number);

}  // namespace dnnc::runtime
