#include <cstdlib>
#include <random>

#include "test/unit/runtime/attacked_files.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

/// Numbers that are the same on every machine: the standard fixes the engine, but not its distributions.
class Draws {
 public:
  explicit Draws(uint32_t seed) : engine_(seed) {}
  size_t below(size_t count) { return engine_() % count; }
  char byte() { return static_cast<char>(below(256)); }

 private:
  std::mt19937 engine_;
};

/// One change: bits and bytes, cuts, pieces left out, put in and doubled, numbers at the ends of their range.
std::string changed(std::string bytes, Draws& draws) {
  const size_t at = draws.below(bytes.size()), length = 1 + draws.below(std::min<size_t>(bytes.size() - at, 16));
  switch (draws.below(8)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ 1 << draws.below(8));
      break;
    case 1:
      bytes[at] = draws.byte();
      break;
    case 2:
      for (size_t k = 0; k < length; ++k) bytes[draws.below(bytes.size())] = draws.byte();
      break;
    case 3:
      bytes.resize(at);
      break;
    case 4:
      bytes.erase(at, length);
      break;
    case 5:
      bytes.insert(at, length, draws.byte());
      break;
    case 6:
      bytes.insert(at, bytes.substr(draws.below(bytes.size()), length));
      break;
    default:
      bytes.replace(at, std::min<size_t>(length, 8), std::min<size_t>(length, 8), "\0\x7f\x80\xff"[draws.below(4)]);
  }
  return bytes;
}

/// DNNC_CHANGES says how many changes of each file are tried; they are the same in every run.
TEST(ChangedFiles, AreRefusedOrGiveWhatTheySay) {
  const char* given = std::getenv("DNNC_CHANGES");
  const uint32_t changes = given ? static_cast<uint32_t>(std::atoi(given)) : 300;
  const Folder folder;
  for (const AttackedFile& file : attacked_files(folder)) {
    const Outcome good = attack(file, file.good);
    EXPECT_TRUE(!good.refused && good.fault.empty()) << file.name << ": " << good.fault;
    uint32_t refused = 0;
    for (uint32_t seed = 0; seed < changes; ++seed) {
      Draws draws(seed);
      const std::string bytes = changed(file.good, draws);
      const Outcome outcome = attack(file, bytes);
      EXPECT_EQ(outcome.fault, "") << file.name << " after change " << seed << "\n" << bytes;
      refused += outcome.refused;
    }
    if (file.hint) EXPECT_EQ(refused, 0u) << file.name;
    else EXPECT_GT(refused, changes / 10) << file.name;
    std::printf("%-19s %u changes: %u refused, %u loaded\n", file.name.c_str(), changes, refused, changes - refused);
    file.load(file.good);
  }
}

}  // namespace
}  // namespace dnnc::runtime
