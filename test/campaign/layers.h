#pragma once
#include <string>
#include <vector>

#include "test/campaign/formulas.h"

namespace dnnc::campaign {

/// A layer of the program's own, of index formulas over an input of `shape`: windows with strides, dilation and
/// padding, permutations, slices, reductions, numbers from indices, state, draws, recurrences. It may fail to fit (a
/// window larger than its array); sema says so.
std::string layer_text(Choices& choices, const std::string& name, const Shape& shape,
                       const std::vector<Term>& functions, bool recurrences);

}  // namespace dnnc::campaign
