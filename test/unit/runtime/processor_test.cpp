#include "runtime/program/processor.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

bool has_nothing(InstructionSet) { return false; }
bool has_all(InstructionSet) { return true; }
bool has_avx2(InstructionSet set) { return set < InstructionSet::Avx512; }

TEST(Processor, LacksWhatATargetHasAndItHasNot) {
  EXPECT_EQ(missing_instructions("tune_znver3-sse41-avx-avx2-fma-f16c", has_all), "");
  EXPECT_EQ(missing_instructions("sse41-avx-avx2-fma-f16c-avx512-avx512_skylake", has_avx2),
            "AVX-512 F and CD, AVX-512 VL, BW and DQ");
  EXPECT_EQ(missing_instructions("tune_znver3-sse41-fma", has_nothing), "SSE4.1, FMA");
  EXPECT_EQ(missing_instructions("", has_nothing), "");
}

TEST(Processor, IsAskedAboutEachSetByTheNameThatTargetsHave) {
  for (const auto& [set, word] : words<InstructionSet>) {
    EXPECT_NE(missing_instructions(word, has_nothing), "") << word;
    EXPECT_EQ(missing_instructions(word, processor_has).empty(), processor_has(set)) << word;
  }
  EXPECT_EQ(missing_instructions("avx4096", has_nothing), "");
}

TEST(Processor, OfATargetIsReadFromItsText) {
  EXPECT_EQ(features_in("x86-64 sse41-avx, 16 registers of 8 floats"), "sse41-avx");
  EXPECT_EQ(features_in("x86-64 , 16 registers of 4 floats"), "");
  EXPECT_EQ(features_in(""), "");
}

}  // namespace
}  // namespace dnnc::runtime
