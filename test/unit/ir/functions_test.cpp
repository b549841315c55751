#include "compiler/ir/functions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/ir/affine.h"

namespace dnnc {
namespace {

/// Numbers of both signs and many sizes, rising.
std::vector<double> points() {
  std::vector<double> result = {0};
  for (double size = 0x1p-20; size < 50; size *= 1.3) {
    result.push_back(size);
    result.insert(result.begin(), -size);
  }
  return result;
}

/// Calls `see` with the arguments of every point of a grid.
template <class See>
void at_all_points(const FunctionInfo& row, const std::vector<double>& values, const See& see) {
  std::vector<double> arguments(3, 0);
  const size_t count = values.size(), second = row.arity > 1 ? count : 1, third = row.arity > 2 ? count : 1;
  for (size_t i = 0; i < count; ++i)
    for (size_t j = 0; j < second; ++j)
      for (size_t k = 0; k < third; ++k) {
        arguments = {values[i], values[j], values[k]};
        see(arguments);
      }
}

TEST(FunctionTable, SaysTruthWhereOnlyOneAndZeroCome) {
  for (const FunctionInfo& row : all_functions()) {
    bool truth = true;
    at_all_points(row, {-2, -0.5, 0, 1, 3.25}, [&](const std::vector<double>& a) {
      const double value = row.value(a.data());
      truth = truth && (value == 0 || value == 1);
    });
    EXPECT_EQ(row.truth, truth) << row.name;
  }
}

TEST(FunctionTable, SaysWhatRises) {
  for (const FunctionInfo& row : all_functions()) {
    // What passes its argument on is exact: its error needs no rule of rising functions.
    if (row.arity != 1 || row.function == Function::StopGradient) {
      EXPECT_FALSE(row.rises) << row.name;
      continue;
    }
    bool rises = true;
    double last = -INFINITY;
    for (const double x : points()) {
      const double value = row.value(&x);
      rises = rises && !(value < last);
      if (!std::isnan(value)) last = value;
    }
    EXPECT_EQ(row.rises, rises) << row.name;
  }
}

TEST(FunctionTable, SaysWhatStaysFinite) {
  for (const FunctionInfo& row : all_functions()) {
    bool finite = true;
    at_all_points(row, {-1e3, -2, -1, 0, 0.5, 1, 3, 1e3}, [&](const std::vector<double>& a) {
      const bool whole = a[1] >= 0 && a[1] <= 3 && std::floor(a[1]) == a[1];
      if (row.finite == FunctionInfo::Finite::WholePowers && !whole) return;
      finite = finite && std::isfinite(row.value(a.data()));
    });
    EXPECT_EQ(row.finite != FunctionInfo::Finite::Sometimes, finite) << row.name;
  }
}

TEST(FunctionTable, TellsComparisonsByWhatHoldsOfEqualNumbers) {
  for (const FunctionInfo& row : all_functions()) {
    if (!row.at_equal) continue;
    for (const double x : {-3.0, 0.0, 7.5}) {
      const double arguments[] = {x, x};
      EXPECT_EQ(row.value(arguments) != 0, *row.at_equal) << row.name;
    }
  }
}

TEST(FunctionTable, BoundsWholeNumbers) {
  const std::vector<double> values = {-3, -1, 0, 2, 5};
  for (const FunctionInfo& row : all_functions()) {
    if (!row.range) continue;
    at_all_points(row, values, [&](const std::vector<double>& a) {
      std::optional<Interval> ranges[3];
      for (int place = 0; place < row.arity; ++place) {
        const auto at = static_cast<int64_t>(a[static_cast<size_t>(place)]);
        ranges[place] = Interval{at - 1, at + 2};
      }
      const auto value = static_cast<int64_t>(row.value(a.data()));
      const std::optional<Interval> range = row.range(ranges);
      ASSERT_TRUE(range) << row.name;
      EXPECT_TRUE(range->low <= value && value <= range->high) << row.name;
    });
    EXPECT_FALSE(row.range(std::vector<std::optional<Interval>>(3).data())) << row.name;
  }
}

TEST(FunctionTable, HasNoDerivativeByAnArgumentThatIsNotThere) {
  for (const FunctionInfo& row : all_functions())
    for (size_t by = static_cast<size_t>(row.arity); by < 3; ++by)
      EXPECT_FALSE(has_derivative(row.function, by)) << row.name;
}

}  // namespace
}  // namespace dnnc
