#pragma once
#include <string>
#include <vector>

#include "compiler/ir/functions.h"
#include "compiler/ir/graph.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {

// Words of built-in names that more than their row knows.
inline constexpr const char *batch_mean_word = "batch_mean", *batch_sum_word = "batch_sum";
inline constexpr const char *each_word = "each", *from_end_word = "from_end";
inline constexpr const char* pi_word = keyword::pi;
inline constexpr const char* training_word = "training";

/// What a name means where neither a body nor a file nor the library gives it a meaning.
struct BuiltIn {
  enum class Kind {
    Scalar,     ///< a function of numbers: `function`, `arity`
    Reduction,  ///< over indices: `reduction`; `mean` divides by their number
    Either,     ///< `max`, `min`: a reduction of one argument, a function of two
    Count,
    Reshape,
    StopGradient,
    BatchMean,
    BatchSum,
    Each,     ///< of an array and a step: the step serves each place along the first axis
    FromEnd,  ///< of an array and a step: recurrences in the step run the other way
    Draw,     ///< `distribution`, `arity`
    Constant  ///< `pi`, `training`
  } kind = Kind::Scalar;
  const char* name = "";
  int arity = 1;
  Function function = Function::Absolute;
  Reduction reduction = Reduction::None;
  bool mean = false;
  Distribution distribution = Distribution::Uniform;
};

const std::vector<BuiltIn>& built_ins();
/// The row of that name, or null.
const BuiltIn* find_built_in(const std::string& name);
/// Whether the argument at that place is a step.
bool takes_step(const BuiltIn& row, size_t place);

}  // namespace dnnc
