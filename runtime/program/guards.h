#pragma once
#include <vector>

#include "runtime/program/finite.h"
#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// What is looked at before the updates of an entry are stored: its gradients, and its loss last. Of a gradient that has a
/// bound only the witnesses are looked at as long as the bound is a float32.
class Guards {
 public:
  explicit Guards(const EntryInfo& entry);

  /// Null if all numbers are finite, else the first guard with one that is not.
  const Guard* not_finite(const char* arena);

 private:
  bool witnesses_tell(const char* arena);

  std::vector<Guard> guards_;
  std::vector<Stretch> unbounded_;  ///< the guards without a bound
  std::vector<size_t> bounded_;     ///< numbers of the others
  std::vector<Witness> witnesses_;
  std::vector<double> magnitudes_;  ///< the largest of each witness, or 1
};

}  // namespace dnnc::runtime
