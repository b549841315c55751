#pragma once
#include "runtime/data/inputs.h"
#include "runtime/data/table.h"

namespace dnnc::runtime {

/// New windows of a table whose rows are steps of time: one begins at each row that has enough behind it. A symbol of its own, so
/// that a trainer holds it only where its own data are a series: needed_symbols().
struct SeriesReader {
  const char* source;  ///< the name of the source whose new examples are such
  LoadedSource (*read)(const InputRequest& request, const TableText& table);
};

}  // namespace dnnc::runtime
