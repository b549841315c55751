#include "runtime/files/own_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

namespace fs = std::filesystem;

/// Gives the environment's variables other values as long as it lives.
class Environment {
 public:
  explicit Environment(const std::vector<std::pair<const char*, const char*>>& values) {
    for (const auto& [name, value] : values) {
      const char* before = std::getenv(name);
      before_.emplace_back(name, before ? std::optional<std::string>(before) : std::nullopt);
      value ? ::setenv(name, value, 1) : ::unsetenv(name);
    }
  }
  ~Environment() {
    for (const auto& [name, value] : before_) value ? ::setenv(name, value->c_str(), 1) : ::unsetenv(name);
  }

 private:
  std::vector<std::pair<const char*, std::optional<std::string>>> before_;
};

std::string chosen(const char* own, const char* caches, const char* home) {
  const Environment environment({{"DNNC_DATA", own}, {"XDG_CACHE_HOME", caches}, {"HOME", home}});
  const OwnFolder folder = own_folder("DNNC_DATA", "data");
  EXPECT_NE(folder.path.empty(), folder.why_not.empty());
  return folder.path.empty() ? folder.why_not : folder.path;
}

TEST(OwnFolder, IsTheFirstThatIsGiven) {
  EXPECT_EQ(chosen("/a", "/b", "/c"), "/a");
  EXPECT_EQ(chosen(nullptr, "/b", "/c"), "/b/dnnc/data");
  EXPECT_EQ(chosen(nullptr, nullptr, "/c"), "/c/.cache/dnnc/data");
  EXPECT_EQ(chosen("", "", "/c"), "/c/.cache/dnnc/data");
}

TEST(OwnFolder, IsNeverAtTheRootNorWhereTheCommandWasGiven) {
  const std::string none = "of DNNC_DATA, XDG_CACHE_HOME and HOME none names a folder";
  for (const char* home : {"", "/", "//", "user", "./user", static_cast<const char*>(nullptr)}) {
    EXPECT_EQ(chosen(nullptr, nullptr, home), none);
    EXPECT_EQ(chosen("", "", home), none);
    EXPECT_EQ(chosen("", "caches", home), none);
  }
  EXPECT_EQ(chosen("", "caches", "/c"), "/c/.cache/dnnc/data");
  EXPECT_EQ(chosen("data", "/b", "/c"), "DNNC_DATA is `data`, which does not begin with /");
}

TEST(OwnFolder, IsNoneWhosePathIsTooLong) {
  const std::string path = "/" + std::string(4000, 'a');
  const std::string why = " gives a path of ", most = " bytes, and files can lie in one of 3839 at most";
  EXPECT_EQ(chosen(path.c_str(), "/b", "/c"), "DNNC_DATA" + why + "4001" + most);
  EXPECT_EQ(chosen("", path.c_str(), "/c"), "XDG_CACHE_HOME" + why + "4011" + most);
  EXPECT_EQ(chosen("", "", path.c_str()), "HOME" + why + "4018" + most);
}

std::string why_not(const Trust& trust) {
  EXPECT_FALSE(trust.path);
  return trust.why_not;
}

TEST(Trust, IsForFoldersOfThisUserAlone) {
  const Folder folder;
  const std::string own = folder.path() + "/a/b/c";
  EXPECT_EQ(why_not(trust(own)), "");
  EXPECT_EQ(make_own(own).path, own);
  EXPECT_EQ(trust(own).path, own);
  struct stat status{};
  ASSERT_EQ(::stat(own.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
}

TEST(Trust, IsForAFolderOfAsManyLevelsAsAPathHolds) {
  const Folder folder;
  std::string deep = folder.path();
  while (deep.size() + 2 < 3839) deep += "/a";
  EXPECT_EQ(make_own(deep).path, deep);
  EXPECT_EQ(make_own(deep).path, deep);
}

TEST(Trust, IsNotForWhereOthersMayWrite) {
  const Folder folder;
  const std::string above = folder.path() + "/a", own = above + "/b", missing = own + "/c";
  ASSERT_TRUE(make_own(own).path);
  for (const mode_t mode : {0770u, 0707u, 01777u}) {
    ::chmod(own.c_str(), mode);
    EXPECT_EQ(why_not(trust(own)), "others may write to " + own);
  }
  ::chmod(own.c_str(), 0755);
  EXPECT_TRUE(trust(own).path);
  ::chmod(above.c_str(), 0777);
  EXPECT_EQ(why_not(trust(own)), "others may write to " + above);
  EXPECT_EQ(why_not(trust(missing)), "others may write to " + above);
  EXPECT_EQ(why_not(make_own(missing)), "others may write to " + above);
  EXPECT_FALSE(fs::exists(missing));
  ::chmod(above.c_str(), 01777);  // where nobody may touch what is another's
  EXPECT_TRUE(trust(own).path);
}

TEST(Trust, IsNotForFoldersOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give folders away";
  const Folder folder;
  const std::string above = folder.path() + "/a", own = above + "/b";
  ASSERT_TRUE(make_own(own).path);
  ASSERT_EQ(::chown(own.c_str(), 12345, 12345), 0);
  EXPECT_EQ(why_not(trust(own)), own + " belongs to another user");
  EXPECT_EQ(why_not(make_own(own + "/c")), own + " belongs to another user");
  ASSERT_EQ(::chown(own.c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(above.c_str(), 12345, 12345), 0);
  EXPECT_EQ(why_not(trust(own)), above + " belongs to another user");
}

TEST(Trust, LooksBehindLinks) {
  const Folder folder;
  ASSERT_TRUE(make_own(folder.path() + "/there").path);
  fs::create_symlink("there", folder.path() + "/link");
  fs::create_symlink("loop", folder.path() + "/loop");
  fs::create_symlink("nowhere", folder.path() + "/dangling");
  EXPECT_EQ(trust(folder.path() + "/link").path, folder.path() + "/there");
  EXPECT_EQ(make_own(folder.path() + "/link/a").path, folder.path() + "/there/a");
  EXPECT_EQ(why_not(trust(folder.path() + "/loop/a")), folder.path() + "/loop/a: Too many levels of symbolic links");
  EXPECT_FALSE(make_own(folder.path() + "/dangling").path);
  EXPECT_FALSE(make_own("/proc/none/a").path);
}

}  // namespace
}  // namespace dnnc::runtime
