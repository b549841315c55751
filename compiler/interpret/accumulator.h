#pragma once
#include <cmath>
#include <cstdint>

#include "compiler/ir/graph.h"

namespace dnnc {

/// A reduction on its way, over values in row-major order.
class Accumulator {
 public:
  explicit Accumulator(Reduction reduction) : reduction_(reduction) {}

  void add(const double* begin, const double* end) {
    if (reduction_ == Reduction::Sum && count_ > 0) {
      count_ += end - begin;
      for (; begin != end; ++begin) best_ += *begin;
      return;
    }
    for (; begin != end; ++begin) add(*begin);
  }
  double result() const {
    bool place = reduction_ == Reduction::ArgMaximum || reduction_ == Reduction::ArgMinimum;
    return place ? static_cast<double>(best_place_) : best_;
  }

 private:
  void add(double value) {
    switch (reduction_) {
      case Reduction::None:
        best_ = value;
        break;
      case Reduction::Sum:
        best_ = count_ == 0 ? value : best_ + value;
        break;
      case Reduction::Product:
        best_ = count_ == 0 ? value : best_ * value;
        break;
      case Reduction::Maximum:
      case Reduction::ArgMaximum:
        keep_if(value, value > best_);
        break;
      case Reduction::Minimum:
      case Reduction::ArgMinimum:
        keep_if(value, value < best_);
        break;
    }
    ++count_;
  }
  /// The first best; a NaN is better than any number, so that it is seen.
  void keep_if(double value, bool better) {
    if (count_ > 0 && !better && !(std::isnan(value) && !std::isnan(best_))) return;
    best_ = value;
    best_place_ = count_;
  }
  Reduction reduction_;
  double best_ = 0;
  int64_t count_ = 0;
  int64_t best_place_ = 0;
};

}  // namespace dnnc
