#pragma once
#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Throws Failure(exit_wrong) if a value that the entry has computed of the examples `rows[0 ... valid)` is no finite number: it
/// names field, row and formula. Of fields whose formulas may be no numbers.
void expect_finite_fields(const Machine& machine, const EntryInfo& entry, const DataSet& data, const uint32_t* rows,
                          int64_t valid);

/// The same of one output alone, which holds values of that field.
void expect_finite_field(const Machine& machine, const EntryInfo& entry, const Port& port, OutputRole role,
                         const std::string& field, const DataSet& data, const uint32_t* rows, int64_t valid);

/// Computes the fields of all examples of a part, if there are such, and expects them to be finite. Weights of examples must be at
/// least 0, and one above.
void expect_finite_fields(Machine& machine, const DataSet& data, DataPart part, uint64_t seed);

}  // namespace dnnc::runtime
