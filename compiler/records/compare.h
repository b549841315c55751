#pragma once
#include <string>
#include <vector>

#include "compiler/records/record.h"

namespace dnnc {

/// Something that records say and that is not the same in all of them.
struct RecordDifference {
  std::string name;                 ///< "settings.seed"
  std::vector<std::string> values;  ///< of each record; empty where it says nothing
};

/// In what they differ of program, settings, environment and data. Programs are numbered by their texts.
std::vector<RecordDifference> record_differences(const std::vector<TrainingRecord>& records);

/// A line that one program has and the other has not.
struct ProgramLine {
  bool first;  ///< of two records
  std::string file;
  size_t number;
  std::string text;
};

/// The lines in which the programs of two records differ, in their order; blanks at their ends do not count.
std::vector<ProgramLine> other_lines(const TrainingRecord& a, const TrainingRecord& b);

}  // namespace dnnc
