#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/data/field_plan.h"

namespace dnnc {

/// A field and what it is given to: an input of the net, or a target beside its output.
struct FieldUse {
  std::string field;
  std::string taker;  ///< for messages: "input `x` of `mlp`"
  Span span;          ///< of the taker's type
  std::vector<int64_t> shape;
  Element element;
  bool probability = false;  ///< numbers from 0 to 1
  bool positive = false;     ///< numbers of at least 0: weights
  bool typed = true;         ///< false: a formula reads it, which takes it as it is
  Span lone_call = {};       ///< a loss or metric that is given it and no result of the net, which are `results`
  std::string results = {};
};

/// The fields of the source that `uses` need, each with its type. A field has the type of what it is given to; where a
/// formula stands between, its numbers have the shape of what the formula's result is given to, unless the source
/// says otherwise; where none of this tells the shape, one of `given`, the parameters with types that formulas give fields to,
/// does. Reports what does not fit and what nothing tells.
std::vector<RawField> raw_fields(const FieldNames& names, const std::vector<FieldUse>& uses,
                                 const std::vector<FieldUse>& given, Diagnostics& diagnostics);

/// Reports values in the text of `rows` that the type of their field does not allow.
void check_rows(const DataBlock& block, const std::vector<RawField>& fields, Diagnostics& diagnostics);

}  // namespace dnnc
