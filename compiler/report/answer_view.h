#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "compiler/report/data_view.h"
#include "runtime/program/roles.h"

namespace dnnc {

/// What a trained net answered to an example, and what is right. Of classes both are labels.
struct AnswerToExample {
  uint32_t row = 0;  ///< of the data
  double truth = 0, answer = 0;
  double sure = 1;  ///< of a class, the probability of the answer
};

/// All that one output of a net answered.
struct OutputAnswers {
  std::string name;  ///< empty if there is only one
  runtime::Head head = runtime::Head::Class;
  std::vector<std::string> classes;  ///< what labels are called; of a probability the two ends
  std::vector<AnswerToExample> answers;
};

/// What the page shows of them: what was taken for what, thresholds, points, examples of every kind of answer, worst mistakes.
/// `examples` shows them; null where the data are not there.
nlohmann::json answer_view(const OutputAnswers& output, const ExampleView* examples);

}  // namespace dnnc
