#include "compiler/driver/program_cache.h"

#include <gtest/gtest.h>

#include <set>

namespace dnnc {
namespace {

std::string hash_for(const CpuTarget& target, const std::string& word = "host") {
  Options options;
  options.cache = "a folder";
  options.target = word;
  Session session(options);
  return program_key(session, {}, false, target).hash;
}

/// What is kept in a home that several machines share: "host" is another processor on each.
TEST(program_cache, tells_processors_apart) {
  const CpuTarget target = *named_target("avx2");
  std::set<std::string> hashes = {hash_for(target)};
  const auto add = [&](auto change) {
    CpuTarget other = target;
    change(other);
    hashes.insert(hash_for(other));
  };
  add([](CpuTarget& other) { other.features += "-avx512"; });
  add([](CpuTarget& other) { other.vector_floats = 16; });
  for (size_t level = 0; level < cache_levels; ++level)
    add([&](CpuTarget& other) { other.caches[level].usable_lines *= 2; });
  EXPECT_EQ(hashes.size(), 3 + cache_levels);
  EXPECT_EQ(hash_for(target), hash_for(*named_target("avx2")));
  EXPECT_NE(hash_for(target), hash_for(target, "avx2"));
}

}  // namespace
}  // namespace dnnc
