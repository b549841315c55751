#include "runtime/program/tensor_names.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

TEST(TensorNames, AreTakenApartAsTheyAreMade) {
  for (const char* name : {"w", "mlp/dense1/w", "net/a.average", "net/mean"}) {
    EXPECT_EQ(averaged_parameter(average_name(name)), name);
    for (const auto& [statistic, word] : words<Statistic>)
      EXPECT_EQ(statistic_named(statistic_name(name, statistic)), statistic);
  }
  EXPECT_EQ(averaged_parameter("mlp/dense1/w"), "");
  EXPECT_EQ(field_of_rest(rest_name("x")), "x");
  EXPECT_EQ(field_of_rest("x"), "");
  for (const char* name : {"features", "mean", "features.deviations", ""})
    EXPECT_EQ(statistic_named(name), std::nullopt);
}

/// They stand in files of weights: another name would not be found there.
TEST(TensorNames, AreThoseOfFiles) {
  EXPECT_EQ(average_name("net/w"), "net/w.average");
  EXPECT_EQ(statistic_name("x", Statistic::Mean), "x.mean");
  EXPECT_EQ(statistic_name("x", Statistic::MeanRest), "x.mean_rest");
  EXPECT_EQ(statistic_name("x", Statistic::Deviation), "x.deviation");
  EXPECT_EQ(optimizer_state_name("net/w", "m"), "net/w:m");
  EXPECT_TRUE(is_optimizer_state(optimizer_state_name("net/w", "m")));
  EXPECT_FALSE(is_optimizer_state(average_name("net/w")));
  EXPECT_EQ(best_name("net/w"), "best/net/w");
}

}  // namespace
}  // namespace dnnc::runtime
