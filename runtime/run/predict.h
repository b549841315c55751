#pragma once
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"
#include "runtime/run/answer_file.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {

/// What is asked about examples.
struct Question {
  int64_t count = INT64_MAX;  ///< of the first so many
  uint64_t seed = 0;          ///< of a net that draws
  std::vector<std::string> values =
      {};                      ///< paths of what is shown in place of the answers, as values_asked() gives them
  bool targets = true;         ///< whether the examples have any
  bool alone = false;          ///< one example, whose number says nothing
  AnswerFile* file = nullptr;  ///< where the answers go; null: to the report
  bool recorded = false;       ///< nothing is said beside them
};

/// Shows what the net answers to the first examples of a part, beside what it should have answered.
void predict_part(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, const Question& question,
                  Report& report);

/// The answer to one raw example, its numbers in the order of the net's input fields: the label of a class, else the
/// first number. Throws Failure if the numbers do not fit the fields.
double predict_one(Machine& machine, const std::vector<double>& example, uint64_t seed);

}  // namespace dnnc::runtime
