#pragma once
#include <functional>
#include <string>

#include "compiler/sema/data/data_blocks.h"

namespace dnnc {

/// Whether the file defines the name itself, so that it means that.
using OwnName = std::function<bool(const std::string&)>;

/// `missing(age)`, by the name of the column.
std::string missing_field(const std::string& column);

/// The functions that read the cells of a column: `missing`, `days`, ..., and `column`, which names one.
std::vector<std::string> cell_functions();

/// Makes fields of the groups, or of the order, that parts of the data are chosen by. Reports a column that is not there.
void read_splits(DataBlock& block, const CallReader& reader);

/// Puts names in place of what the steps of the block ask of the cells of a column: `missing(age)`, `churn == "yes"`,
/// `days(joined)`, `column("2nd flr")`. What they ask for is added to the fields of the block, under these texts as names.
/// Reports what cannot be asked.
void read_cells(DataBlock& block, const CallReader& reader, const OwnName& own);

}  // namespace dnnc
