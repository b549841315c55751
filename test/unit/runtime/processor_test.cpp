#include "runtime/program/processor.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

bool has_nothing(std::string_view) { return false; }
bool has_all(std::string_view) { return true; }
bool has_avx2(std::string_view feature) { return !feature.starts_with("avx512"); }

TEST(Processor, LacksWhatATargetHasAndItHasNot) {
  EXPECT_EQ(missing_instructions("tune_znver3-sse41-avx-avx2-fma-f16c", has_all), "");
  EXPECT_EQ(missing_instructions("sse41-avx-avx2-fma-f16c-avx512-avx512_skylake", has_avx2),
            "AVX-512 F and CD, AVX-512 VL, BW and DQ");
  EXPECT_EQ(missing_instructions("tune_znver3-sse41-fma", has_nothing), "SSE4.1, FMA");
  EXPECT_EQ(missing_instructions("", has_nothing), "");
}

TEST(Processor, HasNoFeatureThatNobodyKnows) {
  EXPECT_FALSE(processor_has("avx4096"));
  EXPECT_FALSE(processor_has(""));
}

TEST(Processor, OfATargetIsReadFromItsText) {
  EXPECT_EQ(features_in("x86-64 sse41-avx, 16 registers of 8 floats"), "sse41-avx");
  EXPECT_EQ(features_in("x86-64 , 16 registers of 4 floats"), "");
  EXPECT_EQ(features_in(""), "");
}

}  // namespace
}  // namespace dnnc::runtime
