#include "compiler/ir/affine.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dnnc {
namespace {

Affine divided(uint32_t index, int64_t divisor, int64_t modulus) { return {{{index, 1, divisor, modulus}}, 0}; }

TEST(Affine, HasANormalForm) {
  Affine form{{{1, 2, 1, 0}, {0, 1, 2, 0}, {1, -2, 1, 0}, {0, 5, 3, 1}, {0, 1, 2, 0}}, 4};
  EXPECT_EQ(normal_form(form), (Affine{{{0, 2, 2, 0}}, 4}));
  EXPECT_EQ(affine(0, 0, 3), affine_constant(3));
}

TEST(Affine, TellsASingleIndex) {
  EXPECT_EQ(single_index(affine(3)), 3u);
  for (const Affine& form : {affine(3, 2), affine(3, 1, 1), divided(3, 2, 0), divided(3, 1, 2), affine(0) + affine(1)})
    EXPECT_FALSE(single_index(form).has_value());
}

TEST(Affine, KnowsItsRange) {
  EXPECT_EQ(range_of(affine(0, -2, 3), {5}), (Interval{-5, 3}));
  EXPECT_EQ(range_of(divided(0, 3, 0), {7}), (Interval{0, 2}));
  EXPECT_EQ(range_of(divided(0, 1, 4), {3}), (Interval{0, 2}));
  EXPECT_EQ(range_of(divided(0, 2, 0) * 2 + divided(0, 1, 2), {7}), (Interval{0, 6}));
  EXPECT_EQ(range_of(affine(0) - divided(0, 2, 0) * 2, {7}), (Interval{0, 1}));
  EXPECT_EQ(range_of(affine(0) + affine(1, -1), {3, 4}), (Interval{-3, 2}));
}

TEST(Affine, DividesWhatIsExactOrProven) {
  EXPECT_EQ(divide(affine(0, 6, 5), 3, 0), affine(0, 2, 1));
  EXPECT_EQ(divide(affine(0), 3, 2), divided(0, 3, 2));
  EXPECT_EQ(divide(divided(0, 2, 0), 3, 0), divided(0, 6, 0));
  EXPECT_EQ(divide(divided(0, 2, 6), 3, 0), divided(0, 6, 2));
  EXPECT_EQ(divide(affine(0, 28) + affine(1), 28, 0, {10, 28}), affine(0));
  EXPECT_EQ(divide(affine(0, 28) + affine(1), 1, 28, {10, 28}), affine(1));
  EXPECT_EQ(divide(affine(0, 784) + affine(1), 28, 28, {10, 784}), divided(1, 28, 0));
  EXPECT_EQ(divide(affine(0, 2, -1), 2, 0), affine(0, 1, -1));
  EXPECT_EQ(divide(affine(0, 28) + affine(1), 28, 0, {10, 29}), affine(0) + divided(1, 28, 0));
}

TEST(Affine, RefusesQuotientsThatAreNotAffine) {
  EXPECT_EQ(divide(affine(0) + affine(1), 2, 0, {4, 4}), std::nullopt);
  EXPECT_EQ(divide(affine(0, 1, 1), 2, 0, {4}), std::nullopt);
  EXPECT_EQ(divide(affine(0, 3), 2, 0, {4}), std::nullopt);
}

/// A form of two indices, of extents 6 and 5.
Affine random_form() {
  Affine form = affine_constant(*rc::gen::inRange(-4, 5));
  for (int count = *rc::gen::inRange(0, 4); count > 0; --count) {
    Term term;
    term.index = *rc::gen::inRange(0, 2);
    term.coefficient = *rc::gen::inRange(-4, 7);
    term.divisor = *rc::gen::element<int64_t>(1, 1, 2, 3);
    term.modulus = *rc::gen::element<int64_t>(0, 0, 2, 3, 4);
    form.terms.push_back(term);
  }
  return form;
}

template <class Check>
void at_every_place(Check check) {
  for (int64_t i = 0; i < 6; ++i)
    for (int64_t j = 0; j < 5; ++j) check(std::vector<int64_t>{i, j});
}

RC_GTEST_PROP(Affine, RangesAreExact, ()) {
  Affine form = random_form();
  Interval found{INT64_MAX, INT64_MIN};
  at_every_place([&](const std::vector<int64_t>& place) {
    int64_t value = value_at(form, place);
    found = {std::min(found.low, value), std::max(found.high, value)};
  });
  RC_ASSERT(found == range_of(form, {6, 5}));
}

RC_GTEST_PROP(Affine, OperationsKeepValues, ()) {
  Affine a = random_form(), b = random_form();
  at_every_place([&](const std::vector<int64_t>& place) {
    RC_ASSERT(value_at(normal_form(a), place) == value_at(a, place));
    RC_ASSERT(value_at(a + b, place) == value_at(a, place) + value_at(b, place));
    RC_ASSERT(value_at(a - b * 3, place) == value_at(a, place) - 3 * value_at(b, place));
  });
}

RC_GTEST_PROP(Affine, ComposesLikeFunctions, ()) {
  Affine outer = random_form();
  std::vector<Affine> inner = {random_form(), random_form()};
  std::optional<Affine> composed = compose(outer, inner, {6, 5});
  RC_PRE(composed.has_value());
  at_every_place([&](const std::vector<int64_t>& place) {
    RC_ASSERT(value_at(*composed, place) == value_at(outer, {value_at(inner[0], place), value_at(inner[1], place)}));
  });
}

}  // namespace
}  // namespace dnnc
