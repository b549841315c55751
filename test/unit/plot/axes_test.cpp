#include <gtest/gtest.h>

#include <cmath>

#include "compiler/plot/chart.h"

namespace dnnc::chart {
namespace {

using Texts = std::vector<std::string>;

Texts texts(const Axis& axis, Span span, int most) {
  Texts texts;
  for (const Tick& tick : ticks(axis, span, most)) texts.push_back(tick.text);
  return texts;
}

TEST(Ticks, AreRoundAndHaveAsManyPlaces) {
  EXPECT_EQ(texts({"loss"}, {0, 1}, 5), (Texts{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
  EXPECT_EQ(texts({"loss"}, {-0.03, 0.021}, 6), (Texts{"−0.03", "−0.02", "−0.01", "0.00", "0.01", "0.02"}));
  EXPECT_EQ(texts({"price"}, {0, 50'000}, 5), (Texts{"0", "10,000", "20,000", "30,000", "40,000", "50,000"}));
}

TEST(Ticks, OfWholeNumbersAreWhole) {
  EXPECT_EQ(texts({.title = "epoch", .whole = true}, {0.9, 3.1}, 8), (Texts{"1", "2", "3"}));
}

TEST(Ticks, OfALogarithmicAxisArePowers) {
  const Axis axis{.title = "rate", .scale = Scale::Log};
  EXPECT_EQ(texts(axis, {1e-4, 1}, 6), (Texts{"0.0001", "0.001", "0.01", "0.1", "1"}));
  EXPECT_EQ(texts(axis, {1, 20}, 8), (Texts{"1", "2", "5", "10", "20"}));
  EXPECT_GE(texts(axis, {3.0, 3.9}, 6).size(), 2u);  // within one step between powers there are still some
}

/// Whatever the span, ticks are inside, rise, and are few.
TEST(Ticks, HoldForEverySpan) {
  for (const double low : {-1e30, -7.3, -1e-9, 0.0, 1e-300, 3.0, 1e9, 12'345'678.0})
    for (const double width : {1e-12, 1e-3, 1.0, 77.7, 1e6, 1e30}) {
      const Span span = {low, low + std::max(width, std::abs(low) * 1e-9)};
      for (const int most : {1, 2, 5, 10}) {
        const std::vector<Tick> all = ticks({"x"}, span, most);
        EXPECT_LE(all.size(), static_cast<size_t>(most) + 2);
        for (size_t k = 0; k < all.size(); ++k) {
          const double room = (span.high - span.low) * 1e-6;
          EXPECT_TRUE(all[k].at >= span.low - room && all[k].at <= span.high + room) << low << " " << width;
          if (k > 0) {
            EXPECT_LT(all[k - 1].at, all[k].at);
          }
        }
      }
    }
}

TEST(Spans, AreThoseOfTheDataWithRoom) {
  Plot plot{.x = {"x"}, .y = {"y"}, .marks = {Line{"a", {}, {0, 10}, {1, std::nan("")}}}};
  const Spans spans = spans_of(plot);
  EXPECT_LT(spans.x.low, 0);
  EXPECT_GT(spans.x.high, 10);
  EXPECT_LT(spans.y.low, 1);  // of one value alone there is room around it
  EXPECT_GT(spans.y.high, 1);
  plot.y.low = 0;
  EXPECT_EQ(spans_of(plot).y.low, 0);
}

TEST(Spans, OfNothingAreThere) {
  const Spans spans = spans_of({.x = {"x"}, .y = {.title = "y", .scale = Scale::Log}, .marks = {}});
  EXPECT_LT(spans.x.low, spans.x.high);
  EXPECT_GT(spans.y.low, 0);
}

TEST(Spans, OfBarsBeginAtZero) {
  EXPECT_EQ(spans_of({.x = {"x"}, .y = {"y"}, .marks = {Bars{"a", {}, {0}, {1}, {5}}}}).y.low, 0);
}

TEST(Numbers, AreWrittenAsPeopleDo) {
  EXPECT_EQ(number_text(1234567), "1,234,567");
  EXPECT_EQ(number_text(-1234), "−1,234");
  EXPECT_EQ(number_text(-999), "−999");
  EXPECT_EQ(number_text(0.25), "0.25");
  EXPECT_EQ(number_text(3e-5), "3e−5");
  EXPECT_EQ(number_text(2e9), "2e9");
  EXPECT_EQ(number_text(0), "0");
}

}  // namespace
}  // namespace dnnc::chart
