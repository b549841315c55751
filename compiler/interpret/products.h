#pragma once
#include <algorithm>
#include <array>
#include <optional>

#include "compiler/interpret/body_code.h"

namespace dnnc {

/// A body that is the product of two elements, each read at even steps along a run, as that of nearly every large sum.
struct ProductCode {
  const LoadCode* a;
  const LoadCode* b;
  double outside_a = 0, outside_b = 0;  ///< their values where they lie outside
};
std::optional<ProductCode> product_of(const BodyCode& code);

/// Adds such products up across elements, without a way through registers. Each sum has `lanes` lanes.
template <size_t lanes>
class ProductSums {
 public:
  /// The values of a source: if it is wide `lanes` numbers for each element, else one for all lanes.
  struct Source {
    const double* values;
    bool wide;
  };

  ProductSums(const ProductCode& code, Source a, Source b) : code_(code), a_(a), b_(b) {
    outside_a_.fill(code.outside_a);
    outside_b_.fill(code.outside_b);
  }

  /// The products of a run of points, each to a sum of its own of which they are the `first` term or a further one.
  void add(const Points& points, size_t run, double* sums, bool first) const {
    const EvenRun a = even_run(*code_.a, points, run), b = even_run(*code_.b, points, run);
    std::array<size_t, 6> cuts = {0, a.begin, a.end, b.begin, b.end, points.first[run + 1] - points.first[run]};
    std::sort(cuts.begin() + 1, cuts.end() - 1);
    for (size_t cut = 0; cut + 1 < cuts.size(); ++cut)
      if (const size_t begin = cuts[cut], end = cuts[cut + 1]; begin < end)
        add_part(factor(a, a_, outside_a_, begin), factor(b, b_, outside_b_, begin), end - begin, sums + begin * lanes,
                 first);
  }

 private:
  /// One of both along a part of the run: what it is at the first point, and how far apart it lies at the next.
  struct Factor {
    const double* at;
    int64_t step;
    bool wide;
  };
  static Factor factor(const EvenRun& run, const Source& source, const std::array<double, lanes>& outside,
                       size_t point) {
    if (point < run.begin || point >= run.end) return {outside.data(), 0, source.wide};
    const int64_t each = source.wide ? lanes : 1;
    return {source.values + (run.first + run.step * static_cast<int64_t>(point)) * each, run.step * each, source.wide};
  }

  static void add_part(const Factor& a, const Factor& b, size_t count, double* sums, bool first) {
    if constexpr (lanes == 1) return first ? add_single<true>(a, b, count, sums) : add_single<false>(a, b, count, sums);
    else if (a.wide && b.wide) return add_wide<true, true>(a, b, count, sums, first);
    else if (a.wide) return add_wide<true, false>(a, b, count, sums, first);
    else
      return b.wide ? add_wide<false, true>(a, b, count, sums, first)
                    : add_wide<false, false>(a, b, count, sums, first);
  }

  template <bool wide_a, bool wide_b>
  static void add_wide(const Factor& a, const Factor& b, size_t count, double* sums, bool first) {
    const double *at_a = a.at, *at_b = b.at;
    for (size_t point = 0; point < count; ++point, at_a += a.step, at_b += b.step, sums += lanes) {
      std::array<double, lanes> sum;
      for (size_t k = 0; k < lanes; ++k) sum[k] = at_a[wide_a ? k : 0] * at_b[wide_b ? k : 0];
      if (!first)
        for (size_t k = 0; k < lanes; ++k) sum[k] = sums[k] + sum[k];
      std::copy(sum.begin(), sum.end(), sums);
    }
  }

  template <bool first>
  static void add_single(const Factor& a, const Factor& b, size_t count, double* __restrict sums) {
    const auto add = [&](size_t point, double product) { sums[point] = first ? product : sums[point] + product; };
    const double *at_a = a.at, *at_b = b.at;
    if (a.step == 0 && b.step == 1)
      for (size_t point = 0; point < count; ++point) add(point, *at_a * at_b[point]);
    else if (a.step == 1 && b.step == 0)
      for (size_t point = 0; point < count; ++point) add(point, at_a[point] * *at_b);
    else
      for (size_t point = 0; point < count; ++point, at_a += a.step, at_b += b.step) add(point, *at_a * *at_b);
  }

  const ProductCode& code_;
  Source a_, b_;
  std::array<double, lanes> outside_a_, outside_b_;
};

}  // namespace dnnc
