#include "runtime/files/cache.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

namespace fs = std::filesystem;

const std::vector<char> thing(100, 'x');

/// A cache in a folder that is not there yet.
struct CacheOfTest {
  Folder folder;
  std::string path = folder.path() + "/a/b";
  Cache cache{path, ".thing"};
  /// The only file.
  fs::path file() const { return fs::directory_iterator(path)->path(); }
  void write(const std::string& bytes) const { std::ofstream(file(), std::ios::binary) << bytes; }
  std::string bytes() const {
    std::ifstream stream(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

TEST(Cache, GivesBackWhatWasKeptUnderTheSameText) {
  const CacheOfTest test;
  EXPECT_FALSE(test.cache.find("text"));
  test.cache.keep("text", thing);
  EXPECT_EQ(test.cache.find("text"), thing);
  EXPECT_FALSE(test.cache.find("other"));
  EXPECT_FALSE(Cache(test.path, ".other").find("text"));
  EXPECT_EQ(test.file().extension(), ".thing");
}

TEST(Cache, WithoutAFolderKeepsNothing) {
  Cache().keep("text", thing);
  EXPECT_FALSE(Cache().find("text"));
  const Cache nowhere("/proc/none", ".thing");
  nowhere.keep("text", thing);
  EXPECT_FALSE(nowhere.find("text"));
}

TEST(Cache, AFileUnderAnotherNameDoesNotFit) {
  const CacheOfTest test;
  test.cache.keep("text", thing);
  const fs::path first = test.file();
  test.cache.keep("other", std::vector<char>(100, 'y'));
  for (const auto& file : fs::directory_iterator(test.path))
    if (file.path() != first) fs::copy_file(first, file.path(), fs::copy_options::overwrite_existing);
  EXPECT_TRUE(test.cache.find("text"));
  EXPECT_FALSE(test.cache.find("other"));
}

TEST(Cache, WhatIsDamagedIsMadeAgain) {
  const CacheOfTest test;
  test.cache.keep("text", thing);
  const std::string good = test.bytes();
  std::string changed = good;
  changed[50] = 'y';
  for (const std::string& bytes :
       {std::string(), good.substr(1), good.substr(0, good.size() - 1), good.substr(0, 16), changed, good + "x"}) {
    test.write(bytes);
    EXPECT_FALSE(test.cache.find("text"));
    test.cache.keep("text", thing);
    EXPECT_EQ(test.cache.find("text"), thing);
  }
}

TEST(Cache, WhatIsNoFileOfThisUsersAloneIsMadeAgain) {
  const CacheOfTest test;
  test.cache.keep("text", thing);
  const fs::path file = test.file(), beside = test.folder.path() + "/beside";
  fs::copy_file(file, beside);
  const auto again = [&](auto change) {
    change();
    EXPECT_FALSE(test.cache.find("text"));
    test.cache.keep("text", thing);
    EXPECT_EQ(test.cache.find("text"), thing);
  };
  again([&] { ::chmod(file.c_str(), 0666); });
  again([&] { ::chmod(file.c_str(), 0620); });
  again([&] {
    fs::remove(file);
    fs::create_symlink(beside, file);
  });
  again([&] {
    fs::remove(file);
    ::mkfifo(file.c_str(), 0600);
  });
  if (::geteuid() == 0) again([&] { EXPECT_EQ(::chown(file.c_str(), 12345, 12345), 0); });
  EXPECT_EQ(fs::file_size(beside), 116u);
}

TEST(Cache, NothingIsReadOrWrittenWhereOthersMayWrite) {
  const CacheOfTest test;
  test.cache.keep("text", thing);
  ::chmod(test.path.c_str(), 0777);
  EXPECT_FALSE(test.cache.find("text"));
  test.cache.keep("other", thing);
  EXPECT_EQ(std::distance(fs::directory_iterator(test.path), {}), 1);
  ::chmod(test.path.c_str(), 0700);
  EXPECT_TRUE(test.cache.find("text"));
}

TEST(Cache, IsForThisUserAlone) {
  const CacheOfTest test;
  const mode_t before = ::umask(0);
  test.cache.keep("text", thing);
  ::umask(before);
  struct stat status{};
  ASSERT_EQ(::stat(test.file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  EXPECT_TRUE(test.cache.find("text"));
}

TEST(Cache, ThatIsFullLeavesNothing) {
  const CacheOfTest test;
  const auto said = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{100, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  test.cache.keep("text", thing);
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, said);
  EXPECT_FALSE(test.cache.find("text"));
  EXPECT_TRUE(fs::is_empty(test.path));
}

}  // namespace
}  // namespace dnnc::runtime
