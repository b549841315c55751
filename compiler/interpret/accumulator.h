#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

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
  double result() const {
    bool place = reduction_ == Reduction::ArgMaximum || reduction_ == Reduction::ArgMinimum;
    return place ? static_cast<double>(best_place_) : best_;
  }

 private:
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

/// Several reductions that get a term each at a time.
class AccumulatorRow {
 public:
  AccumulatorRow(Reduction reduction, size_t count) : reduction_(reduction) {
    if (reduction == Reduction::Sum) sums_.resize(count);
    else others_.assign(count, Accumulator(reduction));
  }

  /// A term of each from number `at` on, their `first` or a further one.
  void add(size_t at, const double* begin, const double* end, bool first) {
    if (reduction_ != Reduction::Sum) {
      for (; begin != end; ++begin) others_[at++].add(*begin);
      return;
    }
    double* __restrict const sums = sums_.data() + at;
    const size_t count = static_cast<size_t>(end - begin);
    if (first) std::copy_n(begin, count, sums);
    else
      for (size_t number = 0; number < count; ++number) sums[number] += begin[number];
  }
  /// The results, after which all begin anew.
  void take(double* out) {
    std::copy(sums_.begin(), sums_.end(), out);
    for (Accumulator& one : others_) {
      *out++ = one.result();
      one = Accumulator(reduction_);
    }
  }

 private:
  Reduction reduction_;
  std::vector<double> sums_;
  std::vector<Accumulator> others_;
};

}  // namespace dnnc
