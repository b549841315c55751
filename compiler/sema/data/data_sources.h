#pragma once
#include <string>
#include <vector>

#include "compiler/sema/names/call_forms.h"
#include "runtime/data/source_table.h"

namespace dnnc {

/// What formulas call the field that a net is to tell, whatever the data call it.
inline constexpr const char* target_word = runtime::source_words::target;

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
