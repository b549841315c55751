#pragma once
#include "compiler/plot/chart.h"

namespace dnnc::chart {

/// The stroke of a line beside others: further ones are dashed too, as so many are not told apart by colours alone.
inline Stroke stroke_of_series(int number) { return number < 4 ? Stroke::Solid : Stroke::Dashed; }

}  // namespace dnnc::chart
