#include "compiler/target/cpu_target.h"

#include <gtest/gtest.h>

#include <set>

#include "compiler/target/caches.h"

namespace dnnc {
namespace {

constexpr int64_t kib = 1024;

TEST(cpu_target, named_ones_are_the_same_on_every_machine) {
  EXPECT_EQ(named_target("avx512")->vector_floats, 16);
  EXPECT_EQ(named_target("avx512")->vector_registers, 32);
  EXPECT_EQ(named_target("avx2")->vector_floats, 8);
  EXPECT_EQ(named_target("avx2")->vector_registers, 16);
  for (const char* word : {"avx2", "avx512"}) EXPECT_EQ(named_target(word)->caches, measured_caches);
  EXPECT_EQ(text_of(*named_target("avx2")),
            "x86-64 sse41-avx-avx2-fma-f16c, 16 registers of 8 floats, 450 lines of 64 bytes in 64 sets, "
            "7000 lines of 64 bytes in 1024 sets, 56 lines of 4096 bytes in 1 sets");
  EXPECT_FALSE(named_target("sse"));
}

TEST(cpu_target, text_tells_apart_all_that_decides_the_code) {
  const CpuTarget target = *named_target("avx2");
  std::set<std::string> texts = {text_of(target)};
  const auto add = [&](auto change) {
    CpuTarget other = target;
    change(other);
    texts.insert(text_of(other));
  };
  add([](CpuTarget& other) { other.features += "-avxvnni"; });
  add([](CpuTarget& other) { other.vector_floats = 4; });
  add([](CpuTarget& other) { other.vector_registers = 32; });
  for (size_t level = 0; level < cache_levels; ++level) {
    add([&](CpuTarget& other) { other.caches[level].line_bytes *= 2; });
    add([&](CpuTarget& other) { other.caches[level].sets *= 2; });
    add([&](CpuTarget& other) { other.caches[level].usable_lines += 0.5; });
  }
  EXPECT_EQ(texts.size(), 4 + 3 * cache_levels);
}

TEST(cpu_target, host_has_sane_caches_and_known_vectors) {
  const CpuTarget host = host_target();
  EXPECT_TRUE(host.vector_floats == 4 || host.vector_floats == 8 || host.vector_floats == 16);
  for (const CacheLevel& level : host.caches) {
    EXPECT_GE(level.line_bytes, 16);
    EXPECT_GE(level.sets, 1);
    EXPECT_GE(level.usable_lines, 16);
  }
  EXPECT_LT(host.caches[0].usable_lines, host.caches[1].usable_lines);
  EXPECT_EQ(text_of(host), text_of(host_target()));
}

TEST(caches, like_the_measured_are_taken_as_measured) {
  EXPECT_EQ(caches_of({32 * kib, 8, 64}, {512 * kib, 8, 64}), measured_caches);
}

TEST(caches, of_other_sizes_are_usable_to_the_same_part) {
  const Caches caches = caches_of({48 * kib, 12, 64}, {1024 * kib, 16, 64});
  EXPECT_EQ(caches[0], (CacheLevel{64, 64, 675}));
  EXPECT_EQ(caches[1], (CacheLevel{64, 1024, 14000}));
  EXPECT_EQ(caches[2], measured_caches[2]);
}

TEST(caches, that_cannot_be_are_taken_as_measured) {
  const CacheFigures good = {32 * kib, 8, 64};
  for (const CacheFigures& odd : {CacheFigures{},
                                  {-1, -1, -1},
                                  {32 * kib, 0, 64},
                                  {32 * kib, 8, 0},
                                  {32 * kib, 8, 48},
                                  {33 * kib, 8, 64},
                                  {1, 1, 64},
                                  {int64_t{1} << 40, 8, 64}}) {
    EXPECT_EQ(caches_of(odd, odd), measured_caches) << odd.bytes << " " << odd.ways << " " << odd.line_bytes;
    EXPECT_EQ(caches_of(good, odd)[0], measured_caches[0]);
  }
}

}  // namespace
}  // namespace dnnc
