#pragma once
#include <optional>
#include <string>

#include "test/campaign/library_terms.h"
#include "test/campaign/network.h"

namespace dnnc::campaign {

/// A size of an array: 1, 2, primes, larger than a tile; at most `most`.
int64_t random_size(Choices& choices, int64_t most);

/// What the library has for nets: what takes the value that goes on first and gives numbers.
std::vector<Term> step_terms(bool recurrences);

/// A step for a value of this shape that is an application of a definition of the library, with all its arguments:
/// `conv(7, 3x2, relu, stride: 2x1)`. `others` are values that may be further arguments. None if nothing fits.
std::optional<std::string> library_step(Choices& choices, const NetValue& value, const std::vector<NetValue>& others,
                                        int depth, bool recurrences);
/// The same of a given definition.
std::string library_step(Choices& choices, const Term& term, const NetValue& value, const std::vector<NetValue>& others,
                         int depth, bool recurrences);

}  // namespace dnnc::campaign
