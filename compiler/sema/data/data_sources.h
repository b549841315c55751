#pragma once
#include <string>
#include <vector>

#include "compiler/sema/names/call_forms.h"
#include "runtime/data/source_table.h"

namespace dnnc {

/// The word for sets that have no arguments but a name: `source = builtin(mnist)`.
constexpr const char* builtin_word = "builtin";

/// How sources are written: a form for each row of runtime/data/sources.def that stands under its own name, and
/// `builtin`.
const std::vector<CallForm>& source_forms();
/// The data sets that `builtin(name)` knows, under their names.
const std::vector<CallForm>& builtin_forms();

/// The row of a source that has been read.
const runtime::SourceRow& source_row_of(const DataValue& source);

/// Whether the source gives examples for testing.
bool has_test_part(const DataValue& source);

}  // namespace dnnc
