#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"
#include "runtime/run/options.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {

/// The values of that path that the program gives beside its answers; of the net the path may be left out. Throws Failure where it
/// gives none such.
std::vector<std::string> values_asked(const Machine& machine, const std::vector<std::string>& paths);

/// Shows what the net answers to the first `count` examples of a part, beside the target where there is one that is not
/// an array. `seed` is that of a net that draws. In place of
/// the answers the values of those paths, if any are given; so below.
void predict_part(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, int64_t count,
                  uint64_t seed, Report& report, const std::vector<std::string>& values = {});

/// The answer to one raw example, its numbers in the order of the net's input fields: the label of a class, else the
/// first number. Throws Failure if the numbers do not fit the fields.
double predict_one(Machine& machine, const std::vector<double>& example, uint64_t seed);

/// The answer to a row of the last batch as a line of text, or as JSON: label and probabilities, a probability, numbers.
std::string predict_text(const Machine& machine, const std::vector<std::string>& class_names, int64_t row,
                         const std::vector<std::string>& values = {});
nlohmann::json predict_json(const Machine& machine, const std::vector<std::string>& class_names, int64_t row,
                            const std::vector<std::string>& values = {});

}  // namespace dnnc::runtime
