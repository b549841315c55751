#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/data/source_table.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Numbers of one example, or labels by their numbers: what an output of the net gives, or what it is compared with.
struct Items {
  std::vector<int64_t> shape;  ///< of one example
  std::vector<double> values;
  const std::vector<std::string>* words = nullptr;  ///< of labels; null for numbers
  Storage storage = Storage::Float32;               ///< that the numbers have
  /// Of a label.
  std::string word(size_t place) const;
};

/// What they are called where there are no others.
namespace answer_words {
inline constexpr const char *label = source_words::label, *probabilities = "probabilities",
                            *target = source_words::target;
}

/// One thing that is shown of an example.
struct Shown {
  std::string name;  ///< "sex"
  Items values;
  std::optional<Items> labels = std::nullopt;  ///< of a class, whose values are the probabilities
};

/// What the classes of an output are called; empty if they have no names.
const std::vector<std::string>& class_names(const Manifest& manifest, const OutputInfo& output, const DataNames& names);

/// The values of that path that the program gives beside its answers; of the net the path may be left out. Throws Failure where it
/// gives none such.
std::vector<std::string> values_asked(const Machine& machine, const std::vector<std::string>& paths);

/// What the net answers to a row of the last batch, or if any are asked for the values of those paths.
std::vector<Shown> answers_to(const Machine& machine, const DataNames& names, int64_t row,
                              const std::vector<std::string>& values);

/// What the answers are compared with, as the data or their formulas have it.
class Targets {
 public:
  /// Of none if the examples have none, as new ones.
  Targets(Machine& machine, const DataSet& data, bool known);
  bool any() const { return !targets_.empty(); }
  /// Of a batch of examples, of which the first has that number. Uses the memory of other entries.
  void compute(const uint32_t* rows, int64_t valid, uint64_t seed, int64_t first);
  /// Of a row of that batch.
  std::vector<Shown> of(const uint32_t* rows, int64_t row) const;

 private:
  struct Target {
    const OutputInfo* output;
    const FieldData* field;  ///< null if it is made
    const Port* port;        ///< of Targets
    std::vector<double> made = {};
  };
  Machine& machine_;
  const DataSet& data_;
  std::vector<Target> targets_;
  bool makes_ = false;
};

/// As a line shows them: `cat (0.9312)`, of several `sex 0.1000  age 33.0000`. Of JSON labels are texts.
std::string text_of(const std::vector<Shown>& shown);
nlohmann::json json_of(const std::vector<Shown>& shown);

}  // namespace dnnc::runtime
