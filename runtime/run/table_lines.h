#pragma once
#include <string>

#include "runtime/run/means.h"

namespace dnnc::runtime {

/// How many columns a line of the output has: those of the terminal, else what COLUMNS says, else 80.
size_t columns_of_output();

/// Its name and a line for each row. Where the names of columns make lines longer than `width` their numbers stand in place of
/// them, before the names of the rows; and where that is too long too, some columns follow below others.
std::string table_text(const MetricTable& table, size_t width);

}  // namespace dnnc::runtime
