#include "compiler/driver/program_cache.h"

#include <gtest/gtest.h>

#include <set>

namespace dnnc {
namespace {

std::string key_for(const CpuTarget& target, TargetName name = TargetName::Host) {
  Options options;
  options.cache = "a folder";
  Session session(options);
  return program_key(session, {}, false, name, target).made_from;
}

/// What is kept in a home that several machines share: "host" is another processor on each.
TEST(program_cache, tells_processors_apart) {
  const CpuTarget target = *named_target("avx2");
  std::set<std::string> keys = {key_for(target)};
  const auto add = [&](auto change) {
    CpuTarget other = target;
    change(other);
    keys.insert(key_for(other));
  };
  add([](CpuTarget& other) { other.features += "-avx512"; });
  add([](CpuTarget& other) { other.vector_floats = 16; });
  for (size_t level = 0; level < cache_levels; ++level)
    add([&](CpuTarget& other) { other.caches[level].usable_lines *= 2; });
  EXPECT_EQ(keys.size(), 3 + cache_levels);
  EXPECT_EQ(key_for(target), key_for(*named_target("avx2")));
  EXPECT_NE(key_for(target), key_for(target, TargetName::Avx2));
}

}  // namespace
}  // namespace dnnc
