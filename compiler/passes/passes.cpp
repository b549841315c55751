#include "compiler/passes/passes.h"

namespace dnnc {

const std::vector<Pass>& graph_passes() {
  static const std::vector<Pass> passes = {
      {"stabilize", "computes log-sum-exp, softmax, sigmoid and their like without overflow", stabilize},
      {"carry_conditions", "leaves out what branches that are not taken read", carry_conditions},
      {"merge_products", "multiplies at once what recurrences multiply by the same", merge_products},
      {"differentiate", "replaces gradients by their formulas", differentiate},
      {"simplify", "folds constants and drops what does nothing", simplify},
      {"merge_duplicates", "computes once what is the same", merge_duplicates},
      {"drop_dead", "drops what no output needs", drop_dead},
  };
  return passes;
}

}  // namespace dnnc
