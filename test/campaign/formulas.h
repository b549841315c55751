#pragma once
#include <string>
#include <vector>

#include "test/campaign/choices.h"
#include "test/campaign/library_terms.h"

namespace dnnc::campaign {

using Shape = std::vector<int64_t>;

/// A number written short: 0.1 ... 2, now and then negative.
std::string number_text(Choices& choices);

/// A formula of numbers over `leaves`, names or elements like `x[i, j]`. It is in brackets where needed, reads the first
/// leaf, has a derivative by it almost everywhere, and its value stays moderate where those of the leaves do: no log of
/// 0, no division by it, no large power. `functions` are definitions of numbers that may be called.
std::string scalar_formula(Choices& choices, const std::vector<std::string>& leaves, const std::vector<Term>& functions,
                           int depth);

/// What a scalar formula may call: activations and other functions of numbers without draws.
std::vector<Term> scalar_functions();

/// Arguments by number for the parameters of `term` from `first` on: some left to their defaults, all of which are kept
/// in the direction in which they make sense (a share stays one). ", rate: 0.05" or "".
std::string number_arguments(Choices& choices, const Term& term, size_t first);

}  // namespace dnnc::campaign
