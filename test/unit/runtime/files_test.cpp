#include "runtime/files/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "runtime/program/failure.h"
#include "test/unit/runtime/loading.h"

namespace dnnc::runtime {
namespace {

namespace fs = std::filesystem;

std::string at(const Folder& folder, const std::string& name) { return folder.path() + "/" + name; }

void write(const std::string& path, const std::string& text, FileKind kind = FileKind::Data) {
  write_file(path, text.data(), text.size(), kind);
}

std::string text_of(const std::string& path) {
  const std::vector<char> bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

std::string refusal(const std::string& path) {
  try {
    write(path, "new");
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_input_output);
    return failure.what();
  }
  return "";
}

size_t files_in(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(WriteFile, LeavesNothingBeside) {
  const Folder folder;
  write(at(folder, "w"), "old");
  write(at(folder, "w"), "new");
  EXPECT_EQ(text_of(at(folder, "w")), "new");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(WriteFile, TouchesNoOtherFile) {
  const Folder folder;
  for (const char* name : {"w.part", ".w.part", "w.tmp"}) write(at(folder, name), "mine");
  write(at(folder, "w"), "new");
  for (const char* name : {"w.part", ".w.part", "w.tmp"}) EXPECT_EQ(text_of(at(folder, name)), "mine");
}

TEST(WriteFile, KeepsTheOldFileAndTouchesNoOther) {
  const Folder folder;
  for (const char* name : {"w.old.part", "w.part", ".w.part"}) write(at(folder, name), "mine");
  for (const char* text : {"1", "2", "3"}) write_file(at(folder, "w"), text, 1, FileKind::Data, ".old");
  EXPECT_EQ(text_of(at(folder, "w")) + text_of(at(folder, "w.old")), "32");
  for (const char* name : {"w.old.part", "w.part", ".w.part"}) EXPECT_EQ(text_of(at(folder, name)), "mine");
  EXPECT_EQ(files_in(folder.path()), 5u);
  fs::create_directory(at(folder, "x.old"));
  write(at(folder, "x"), "1");
  EXPECT_THROW(write_file(at(folder, "x"), "2", 1, FileKind::Data, ".old"), Failure);
  EXPECT_EQ(text_of(at(folder, "x")), "1");
  EXPECT_EQ(files_in(folder.path()), 7u);
}

/// A file as it is where its writer was killed.
std::string left_over(const Folder& folder, const std::string& name) {
  std::ofstream(at(folder, name)) << "half";
  return at(folder, name);
}

TEST(WriteFile, RemovesWhatKilledWritersOfTheFileHaveLeft) {
  for (const FileKind kind : {FileKind::Data, FileKind::Program}) {
    const Folder folder;
    left_over(folder, "there");
    for (const std::string name : {"there", "fresh"}) {
      for (const char* number : {".1.0", ".99999999.12"}) left_over(folder, "." + name + number + ".part");
      write(at(folder, name), "new", kind);
    }
    EXPECT_EQ(files_in(folder.path()), 2u);
  }
}

TEST(WriteFile, RemovesNothingThatSomebodyWritesOrThatMayBeAnothers) {
  const Folder folder;
  const std::string written = left_over(folder, ".w.1.0.part"), foreign = left_over(folder, ".w.1.1.part");
  const int writer = ::open(written.c_str(), O_RDONLY);
  ASSERT_EQ(::flock(writer, LOCK_SH), 0);
  ASSERT_TRUE(::geteuid() != 0 || ::chown(foreign.c_str(), 12345, 12345) == 0);
  for (const char* name : {".w.1.part", ".w.1.x.part", ".w.1.2.3.part", ".w.1.2.part2", ".w..2.part", ".w.1..part",
                           "w.1.2.part", ".v.1.2.part", ".ww.1.2.part"})
    left_over(folder, name);
  fs::create_directory(at(folder, ".w.1.2.part"));
  fs::create_symlink(at(folder, "w.1.2.part"), at(folder, ".w.1.3.part"));
  ASSERT_EQ(::mkfifo(at(folder, ".w.1.4.part").c_str(), 0600), 0);
  const size_t before = files_in(folder.path());
  write(at(folder, "w"), "new");
  ::close(writer);
  EXPECT_EQ(files_in(folder.path()), before + (::geteuid() == 0 ? 1 : 0));
  EXPECT_TRUE(fs::exists(written));
}

/// It has no name until it is whole, or its name is locked. A second name of the old file is not: it is given again where
/// another has taken it, who does so once.
TEST(WriteFile, LosesNothingToOthersThatTidy) {
  const Folder folder;
  std::atomic<bool> done = false;
  std::thread tidy([&] {
    int others = 8;
    while (!done && others > 0)
      for (const auto& entry : fs::directory_iterator(folder.path())) {
        const int file = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
        const bool part = entry.path().extension() == ".part";
        const bool unlocked = part && file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0;
        if (unlocked && ::unlink(entry.path().c_str()) == 0) --others;
        if (file >= 0) ::close(file);
      }
  });
  for (int i = 0; i < 300; ++i) write_file(at(folder, "w"), "new", 3, FileKind::Kept, ".old");
  done = true;
  tidy.join();
  EXPECT_EQ(text_of(at(folder, "w")) + text_of(at(folder, "w.old")), "newnew");
}

TEST(WriteFile, KeepsTheModeOfTheFile) {
  const Folder folder;
  write(at(folder, "w"), "old");
  for (const mode_t mode : {0600u, 0640u, 0755u}) {
    ::chmod((at(folder, "w")).c_str(), mode);
    write(at(folder, "w"), "new");
    EXPECT_EQ(mode_of(at(folder, "w")), mode);
  }
}

TEST(WriteFile, AsksTheUserHowNewFilesMayBeRead) {
  const Folder folder;
  const mode_t before = ::umask(027);
  write(at(folder, "data"), "new");
  write(at(folder, "program"), "new", FileKind::Program);
  ::umask(before);
  EXPECT_EQ(mode_of(at(folder, "data")), 0640u);
  EXPECT_EQ(mode_of(at(folder, "program")), 0750u);
}

TEST(WriteFile, FollowsLinks) {
  const Folder folder;
  fs::create_directory(at(folder, "there"));
  write(at(folder, "there/w"), "old");
  fs::create_symlink("there/w", at(folder, "link"));
  fs::create_symlink("link", at(folder, "second"));
  fs::create_symlink("there/fresh", at(folder, "dangling"));
  write(at(folder, "second"), "new");
  write(at(folder, "dangling"), "fresh");
  EXPECT_TRUE(fs::is_symlink(at(folder, "link")) && fs::is_symlink(at(folder, "second")));
  EXPECT_EQ(text_of(at(folder, "there/w")), "new");
  EXPECT_EQ(text_of(at(folder, "there/fresh")), "fresh");
}

TEST(WriteFile, WritesIntoWhatIsNoOrdinaryFile) {
  const Folder folder;
  fs::create_symlink("/dev/null", at(folder, "null"));
  write(at(folder, "null"), "lost");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  ASSERT_EQ(::mkfifo((at(folder, "pipe")).c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] {
    std::ifstream pipe(at(folder, "pipe"));
    std::getline(pipe, got);
  });
  write(at(folder, "pipe"), "through");
  reader.join();
  EXPECT_EQ(got, "through");
  EXPECT_TRUE(fs::is_fifo(at(folder, "pipe")));
}

TEST(WriteFile, SaysWhyItCannotWrite) {
  const Folder folder;
  write(at(folder, "locked"), "old");
  ::chmod((at(folder, "locked")).c_str(), 0444);
  fs::create_symlink("loop", at(folder, "loop"));
  EXPECT_EQ(refusal(at(folder, "locked")), at(folder, "locked: cannot write: the file is read-only"));
  EXPECT_EQ(text_of(at(folder, "locked")), "old");
  EXPECT_EQ(refusal(at(folder, "loop")), at(folder, "loop: cannot write: Too many levels of symbolic links"));
  EXPECT_EQ(refusal(folder.path()), folder.path() + ": cannot write: it is a folder");
  EXPECT_EQ(refusal(at(folder, "no/w")), at(folder, "no/w: cannot write: No such file or directory"));
  EXPECT_EQ(refusal(at(folder, std::string(300, 'w'))),
            at(folder, std::string(300, 'w')) + ": cannot write: File name too long");
  EXPECT_EQ(refusal(""), "cannot write: the name of the file is empty");
  EXPECT_EQ(refusal("/dev/full"), "/dev/full: cannot write: No space left on device");
}

TEST(WriteFile, TakesTheLongestNames) {
  const Folder folder;
  const std::string name(255, 'w');
  write(at(folder, name), "new");
  EXPECT_EQ(text_of(at(folder, name)), "new");
}

TEST(WriteFile, OfManyThatWriteAtOnceOneWins) {
  const Folder folder;
  std::vector<std::thread> writers;
  for (char letter = 'a'; letter < 'i'; ++letter)
    writers.emplace_back([&, letter] {
      for (int i = 0; i < 20; ++i) write(at(folder, "w"), std::string(1000, letter));
    });
  for (std::thread& writer : writers) writer.join();
  const std::string text = text_of(at(folder, "w"));
  EXPECT_EQ(text, std::string(1000, text[0]));
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(WriteFile, LeavesTheOldFileWhereTheNewOneIsTooLarge) {
  const Folder folder;
  write(at(folder, "w"), "old");
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{100, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string said;
  try {
    write(at(folder, "w"), std::string(1000, 'x'));
  } catch (const Failure& failure) {
    said = failure.what();
  }
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, before);
  EXPECT_EQ(said, at(folder, "w: cannot write: File too large"));
  EXPECT_EQ(text_of(at(folder, "w")), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

std::string read_refusal(const std::string& path, size_t most_bytes = SIZE_MAX) {
  try {
    read_file(path, most_bytes);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_input_output);
    return failure.what();
  }
  return "";
}

TEST(ReadFile, ReadsNothingThatMayHaveNoEnd) {
  const Folder folder;
  ASSERT_EQ(::mkfifo(at(folder, "pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", at(folder, "zero"));
  fs::create_symlink("loop", at(folder, "loop"));
  EXPECT_EQ(read_refusal(at(folder, "pipe")), at(folder, "pipe: cannot read: it is a pipe, not a file"));
  EXPECT_EQ(read_refusal(at(folder, "zero")), at(folder, "zero: cannot read: it is a device, not a file"));
  EXPECT_EQ(read_refusal(folder.path()), folder.path() + ": cannot read: it is a folder");
  EXPECT_EQ(read_refusal(at(folder, "loop")), at(folder, "loop: cannot read: Too many levels of symbolic links"));
  EXPECT_EQ(read_refusal(at(folder, std::string(300, 'w'))),
            at(folder, std::string(300, 'w')) + ": cannot read: File name too long");
}

TEST(ReadFile, ReadsNoMoreThanItMay) {
  const Folder folder;
  write(at(folder, "w"), std::string(1000, 'x'));
  EXPECT_EQ(read_file(at(folder, "w"), 1000).size(), 1000u);
  EXPECT_EQ(read_refusal(at(folder, "w"), 999), at(folder, "w: cannot read: it has more than 999 bytes"));
  EXPECT_EQ(read_refusal("/proc/cpuinfo", 10), "/proc/cpuinfo: cannot read: it has more than 10 bytes");
  // A file that says that it is larger than any memory, and holds nothing.
  ASSERT_EQ(::truncate(at(folder, "w").c_str(), int64_t{1} << 43), 0);
  EXPECT_NE(read_refusal(at(folder, "w")), "");
}

/// A file that is cut while somebody works with it would end a program that has it in its memory as it is on the disk.
TEST(ReadFile, KeepsWhatItRead) {
  const Folder folder;
  write(at(folder, "w"), std::string(100'000, 'x'));
  const FileBytes bytes = share_file(at(folder, "w"));
  ASSERT_EQ(::truncate(at(folder, "w").c_str(), 0), 0);
  EXPECT_EQ(*bytes, std::vector<char>(100'000, 'x'));
}

TEST(ExpectWritable, RefusesWhatWritingWould) {
  const Folder folder;
  write(at(folder, "locked"), "old");
  ::chmod((at(folder, "locked")).c_str(), 0444);
  for (const std::string& path :
       {at(folder, "locked"), folder.path(), at(folder, "no/w"), at(folder, std::string(300, 'w')), std::string()})
    EXPECT_THROW(expect_writable(path), Failure) << path;
  for (const std::string& path : {at(folder, "fresh"), std::string("/dev/null"), at(folder, std::string(255, 'w'))})
    EXPECT_NO_THROW(expect_writable(path)) << path;
  EXPECT_EQ(files_in(folder.path()), 1u);
}

std::string expect_refusal(const std::string& path, const std::vector<std::string>& others = {}) {
  try {
    expect_writable(path, others);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_input_output);
    return failure.what();
  }
  return "";
}

TEST(ExpectWritable, RefusesFilesThatAreNeeded) {
  const Folder folder;
  for (const char* name : {"data", "w"}) write(at(folder, name), "old");
  fs::create_symlink("data", at(folder, "link"));
  fs::create_hard_link(at(folder, "data"), at(folder, "second"));
  EXPECT_EQ(expect_refusal(at(folder, "data")), "");
  read_file(at(folder, "data"));
  for (const char* name : {"data", "link", "second"})
    EXPECT_EQ(expect_refusal(at(folder, name)), at(folder, name) + ": cannot write: it is a file that is read here");
  EXPECT_EQ(expect_refusal("/proc/self/exe"), "/proc/self/exe: cannot write: it is the running program");
  const std::string same = at(folder, "w"), fresh = at(folder, "fresh"), other = folder.path() + "/./";
  EXPECT_EQ(expect_refusal(same, {"", fresh, same}), same + ": cannot write: it is given twice, and one would be lost");
  EXPECT_EQ(expect_refusal(other + "w", {same}), other + "w: cannot write: it is the same file as " + same);
  EXPECT_EQ(expect_refusal(other + "fresh", {fresh}), other + "fresh: cannot write: it is the same file as " + fresh);
  EXPECT_EQ(expect_refusal(fresh, {same, at(folder, "no/fresh")}), "");
  EXPECT_EQ(expect_refusal("/dev/null", {"/dev/null"}), "");
}

TEST(OutputFile, IsEmptiedByTheFirstWrite) {
  const Folder folder;
  write(at(folder, "w"), "old");
  fs::create_symlink("w", at(folder, "link"));
  {
    const OutputFile unused(at(folder, "link"));
  }
  EXPECT_EQ(text_of(at(folder, "w")), "old");
  OutputFile file(at(folder, "link"));
  file.write("a");
  file.write("b");
  EXPECT_EQ(text_of(at(folder, "w")), "ab");
  EXPECT_TRUE(fs::is_symlink(at(folder, "link")));
  ::chmod(at(folder, "w").c_str(), 0444);
  EXPECT_THROW(OutputFile{at(folder, "w")}, Failure);
  EXPECT_THROW(OutputFile("/dev/full").write("x"), Failure);
}

}  // namespace
}  // namespace dnnc::runtime
