#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/files/files.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

std::string why_not_written(const std::string& path) {
  try {
    expect_writable(path);
  } catch (const Failure& failure) {
    return std::string(failure.what()).substr(path.size());
  }
  return "";
}

/// False where the file system has no attributes, or the user may not set them.
bool set_attributes(const std::string& path, int attributes) {
  const int file = ::open(path.c_str(), O_RDONLY);
  const bool done = ::ioctl(file, FS_IOC_SETFLAGS, &attributes) == 0;
  ::close(file);
  return done;
}

TEST(Replacing, IsNotForWhatItsAttributesKeep) {
  const Folder folder;
  const std::string file = folder.write("file", "old");
  if (!set_attributes(file, FS_APPEND_FL)) GTEST_SKIP() << "no attributes can be set";
  EXPECT_EQ(why_not_written(file), ": cannot write: its attributes say that it stays (lsattr)");
  EXPECT_EQ(why_not_put(file), "its attributes say that it stays (lsattr)");
  EXPECT_THROW(write_file(file, "new", 3), Failure);
  EXPECT_TRUE(set_attributes(file, 0));
  EXPECT_TRUE(set_attributes(folder.path(), FS_APPEND_FL));
  EXPECT_EQ(why_not_written(file), ": cannot write: the attributes of its folder say that it stays (lsattr)");
  EXPECT_TRUE(set_attributes(folder.path(), 0));
  EXPECT_EQ(why_not_written(file), "");
}

/// What another user may write in a folder like /tmp.
std::string as_nobody(const std::string& path) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t nobody = 65534;
    const bool changed = ::setresuid(nobody, nobody, nobody) == 0;
    const std::string why = changed ? why_not_written(path) : "still root";
    bool written = true;
    try {
      write_file(path, "new", 3, FileKind::Data, ".old");
    } catch (const Failure&) {
      written = false;
    }
    const std::string all = why + (written ? " written" : "");
    ::_exit(::write(ends[1], all.data(), all.size()) < 0);
  }
  ::close(ends[1]);
  char text[300];
  const ssize_t length = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return {text, static_cast<size_t>(std::max<ssize_t>(0, length))};
}

TEST(Replacing, IsNotForFilesOfOthersWhereEachHasHisOwn) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const Folder folder;
  const std::string file = folder.write("file", "old");
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  ASSERT_EQ(::chown(file.c_str(), 12345, 12345), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 01777), 0);
  EXPECT_EQ(as_nobody(file), ": cannot write: it belongs to another user, who alone may replace it in this folder");
  const auto files = std::distance(std::filesystem::directory_iterator(folder.path()), {});
  EXPECT_EQ(files, 1) << "something is left behind";
  ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
  EXPECT_EQ(as_nobody(file), " written");
}

}  // namespace
}  // namespace dnnc::runtime
