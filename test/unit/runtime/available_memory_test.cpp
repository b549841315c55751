#include "runtime/program/available_memory.h"

#include "loading.h"

namespace dnnc::runtime {
namespace {

constexpr int64_t kib = 1024, gib = int64_t{1} << 30;

/// A machine of 8 GiB free and 1 GiB of swap space, with the control groups that the test writes.
struct AvailableMemoryOf : testing::Test {
  AvailableMemoryOf() {
    folder.write("proc/meminfo",
                 "MemTotal:       16777216 kB\nMemFree:         1048576 kB\nMemAvailable:    8388608 kB\n"
                 "SwapTotal:       2097152 kB\nSwapFree:        1048576 kB\n");
  }
  void group(const std::string& path, const std::string& most, const std::string& used, int64_t of_files = 0) const {
    folder.write(path + "/memory.max", most);
    folder.write(path + "/memory.current", used);
    folder.write(path + "/memory.stat", "anon 5\ninactive_file " + std::to_string(of_files) + "\nactive_file 7\n");
  }
  void group_1(const std::string& path, int64_t most, int64_t used, int64_t of_files = 0) const {
    folder.write(path + "/memory.limit_in_bytes", std::to_string(most) + "\n");
    folder.write(path + "/memory.usage_in_bytes", std::to_string(used) + "\n");
    folder.write(path + "/memory.stat", "inactive_file 1\ntotal_inactive_file " + std::to_string(of_files) + "\n");
  }
  AvailableMemory ask() const { return available_memory(folder.path()); }
  Folder folder;
};

TEST_F(AvailableMemoryOf, AMachineIsWhatItHasWithItsSwapSpace) {
  EXPECT_EQ(ask().bytes, 9 * gib);
  EXPECT_EQ(ask().limit, "on this machine");
}

TEST_F(AvailableMemoryOf, AControlGroupIsWhatItsLimitLeaves) {
  folder.write("proc/self/cgroup", "0::/user/job\n");
  group("sys/fs/cgroup/user/job", "3221225472\n", "1073741824\n", 512 * kib * kib);
  EXPECT_EQ(ask().bytes, 2 * gib + gib / 2) << "pages of files can be had back";
  EXPECT_EQ(ask().limit, "by the limit of the control group");
}

TEST_F(AvailableMemoryOf, AGroupWithoutALimitIsThatOfThoseAbove) {
  folder.write("proc/self/cgroup", "0::/user/job\n");
  group("sys/fs/cgroup/user/job", "max\n", "1073741824\n");
  EXPECT_EQ(ask().bytes, 9 * gib);
  group("sys/fs/cgroup/user", "1073741824\n", "1048576\n");
  EXPECT_EQ(ask().bytes, gib - kib * kib);
}

TEST_F(AvailableMemoryOf, AContainerIsThatOfTheGroupOnTop) {
  folder.write("proc/self/cgroup", "0::/seen/from/outside\n");
  group("sys/fs/cgroup", "1073741824\n", "0\n");
  EXPECT_EQ(ask().bytes, gib);
}

TEST_F(AvailableMemoryOf, GroupsOfTheFirstVersionStandInAFolderOfTheirOwn) {
  folder.write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/job\n0::/\n");
  group_1("sys/fs/cgroup/memory/job", 2 * gib, gib, gib / 4);
  EXPECT_EQ(ask().bytes, gib + gib / 4);
  group_1("sys/fs/cgroup/memory", 9223372036854771712, gib);
  EXPECT_EQ(ask().bytes, gib + gib / 4) << "no limit";
}

TEST_F(AvailableMemoryOf, AGroupThatUsesMoreThanItsLimitIsNothing) {
  folder.write("proc/self/cgroup", "0::/job");
  group("sys/fs/cgroup/job", "1024\n", "2048\n");
  EXPECT_EQ(ask().bytes, 0);
}

TEST(AvailableMemory, IsNotLimitedWhereNothingIsSaid) {
  const Folder empty;
  EXPECT_GT(available_memory(empty.path()).bytes, int64_t{1} << 40);
}

TEST(AvailableMemory, IsLookedAtBeforeItIsTaken) {
  EXPECT_NO_THROW(expect_memory(1000, "little"));
  EXPECT_FALSE(is_available(INT64_MAX));
  EXPECT_TRUE(is_available(kib * kib));
  try {
    expect_memory(int64_t{1} << 40, int64_t{1} << 40, "the data");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_input_output);
    EXPECT_TRUE(
        std::string(failure.what()).starts_with("the data: not enough memory: it takes 9223372036854775807 bytes"))
        << failure.what();
  }
  EXPECT_EQ(
      memory_fault(3'000'000'000, {gib / 2, "by `ulimit -v`"}),
      "not enough memory: it takes 3000000000 bytes (2.8 GiB), and 536870912 (512.0 MiB) are free by `ulimit -v`");
}

}  // namespace
}  // namespace dnnc::runtime
