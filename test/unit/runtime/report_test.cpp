#include "runtime/run/report.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

TEST(Report, WritesATimeInTheUnitThatFitsIt) {
  EXPECT_EQ(duration(0), "0 ns");
  EXPECT_EQ(duration(131.2e-9), "131.2 ns");
  EXPECT_EQ(duration(27.5e-6), "27.5 us");
  EXPECT_EQ(duration(4.0273e-3), "4.027 ms");
  EXPECT_EQ(duration(0.99996), "1000 ms");
  EXPECT_EQ(duration(1), "1.0 s");
  EXPECT_EQ(duration(99.94), "99.9 s");
  EXPECT_EQ(duration(125), "2:05 min");
}

}  // namespace
}  // namespace dnnc::runtime
