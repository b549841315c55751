#include "runtime/run/model_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <limits>

#include "fake_program.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

using test::FakeProgram;

class ModelFile : public ::testing::Test {
 protected:
  ModelFile() : program_(test::two_tensors()), path_(::testing::TempDir() + "dnnc_model_" + std::to_string(getpid())) {
    for (int i = 0; i < 6; ++i) program_.machine->put(4 * i, std::vector<float>{static_cast<float>(i) + 0.5f});
    for (int i = 0; i < 3; ++i) program_.machine->put(64 + 4 * i, std::vector<float>{-1.0f});
    save_model(*program_.machine, {{"hash", "0"}, {"classes", "cat\ndog \"big\""}}, path_);
  }
  ~ModelFile() override { unlink(path_.c_str()); }

  std::string refusal(FakeProgram& program) {
    try {
      load_model(*program.machine, path_);
    } catch (const Failure& failure) {
      return failure.what();
    }
    return "";
  }

  void put(const std::vector<char>& bytes, size_t count) {
    std::ofstream(path_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(count));
  }

  FakeProgram program_;
  std::string path_;
};

TEST_F(ModelFile, HoldsParametersAndMetadata) {
  FakeProgram other(test::two_tensors());
  const Metadata metadata = load_model(*other.machine, path_);
  EXPECT_EQ(metadata.at("classes"), "cat\ndog \"big\"");
  for (int i = 0; i < 6; ++i) EXPECT_EQ(other.machine->get_floats(0, 6)[i], static_cast<float>(i) + 0.5f);
  EXPECT_EQ(other.machine->get_floats(64, 6)[2], -1.0f);
}

/// What cannot be loaded again is not written, and it is known before training.
TEST_F(ModelFile, WithMoreNamesThanAHeaderHoldsIsNotWritten) {
  const std::vector<char> before = read_file(path_);
  const Metadata metadata = {{"classes", std::string(16u << 20, 'x')}};
  const auto refused = [&](auto action) {
    try {
      action();
    } catch (const Failure& failure) {
      return std::string(failure.what());
    }
    return std::string();
  };
  const std::string said = refused([&] { save_model(*program_.machine, metadata, path_); });
  EXPECT_TRUE(said.starts_with(
      path_ + ": cannot write: its formulas and the names of its tensors, classes and words take 16777"))
      << said;
  EXPECT_EQ(refused([&] { expect_saveable(program_.manifest, metadata, path_); }), said);
  EXPECT_EQ(read_file(path_), before);
  // The largest that is written is read.
  const Metadata largest = {{"classes", std::string((16u << 20) - 1000, 'x')}};
  expect_saveable(program_.manifest, largest, path_);
  save_model(*program_.machine, largest, path_);
  EXPECT_EQ(load_model(*program_.machine, path_).at("classes"), largest.at("classes"));
}

TEST_F(ModelFile, WithAnotherShapeIsRefusedWithTheLine) {
  FakeProgram other(test::two_tensors({3, 2}));
  EXPECT_EQ(refusal(other), path_ + ": net/dense1/w is f32[2, 3], the program needs f32[3, 2] (net.dnn:3:5)");
  EXPECT_EQ(other.machine->get_floats(64, 6)[0], 0.0f) << "nothing may be changed by a file that is refused";
}

TEST_F(ModelFile, WithoutAParameterIsRefusedWithTheLine) {
  Manifest manifest = test::two_tensors();
  manifest.tensors.insert(manifest.tensors.begin(), {{"net/gain", {1}, InputRole::Parameter}, "net.dnn:5:5", 32});
  FakeProgram other(manifest);
  EXPECT_EQ(refusal(other), path_ + ": it has no net/gain, which the program needs (net.dnn:5:5)");
  EXPECT_EQ(other.machine->get_floats(64, 6)[2], 0.0f);
}

TEST_F(ModelFile, IsNotWrittenWhereAFolderIs) {
  const std::string folder = path_ + ".folder";
  mkdir(folder.c_str(), 0755);
  try {
    save_model(*program_.machine, {}, folder);
    ADD_FAILURE() << "a folder was written";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.what(), folder + ": cannot write: it is a folder");
    EXPECT_EQ(failure.code(), exit_input_output);
  }
  rmdir(folder.c_str());
}

TEST_F(ModelFile, IsRefusedWhereverItIsCutOff) {
  const std::vector<char> whole = read_file(path_);
  for (size_t length = 0; length < whole.size(); ++length) {
    put(whole, length);
    EXPECT_NE(refusal(program_), "") << "cut off at " << length;
  }
}

TEST_F(ModelFile, WithAnyByteChangedIsRefused) {
  const std::vector<char> whole = read_file(path_);
  for (size_t at = 0; at < whole.size(); ++at) {
    std::vector<char> changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    put(changed, changed.size());
    EXPECT_NE(refusal(program_), "") << "byte " << at;
  }
  std::vector<char> changed = whole;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  put(changed, changed.size());
  EXPECT_EQ(refusal(program_), path_ +
                                   ": its checksum differs: the file is damaged, or another program has changed it and "
                                   "kept `dnnc_checksum` or `format` in its metadata");
}

TEST_F(ModelFile, HoldsFiniteNumbersOnly) {
  const std::vector<char> before = read_file(path_);
  program_.machine->put(8, std::vector<float>{std::numeric_limits<float>::infinity()});
  try {
    save_model(*program_.machine, {}, path_);
    ADD_FAILURE() << "infinity was written";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.what(), path_ + ": cannot write: net/dense1/w (net.dnn:3:5) has numbers that are not finite");
  }
  EXPECT_EQ(read_file(path_), before);
}

/// A file of w = 1 .. 6 and b = 0, as other programs write it, with some metadata of theirs.
std::vector<char> foreign_file(const std::string& metadata) {
  const std::string header = "{" + metadata + R"("net/dense1/w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)" +
                             R"("net/dense1/b":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}})";
  const uint64_t length = header.size();
  const float values[9] = {1, 2, 3, 4, 5, 6, 0, 0, 0};
  std::vector<char> file(sizeof length + length + sizeof values);
  std::memcpy(file.data(), &length, sizeof length);
  std::memcpy(file.data() + sizeof length, header.data(), length);
  std::memcpy(file.data() + sizeof length + length, values, sizeof values);
  return file;
}

TEST_F(ModelFile, OfAnotherProgramNeedsNoChecksum) {
  for (const std::string metadata : {"", R"("__metadata__":{"format":"pt","checksum":"md5"},)"}) {
    const std::vector<char> file = foreign_file(metadata);
    put(file, file.size());
    EXPECT_EQ(refusal(program_), "") << metadata;
    EXPECT_EQ(program_.machine->get_floats(0, 6)[5], 6.0f);
  }
  const std::vector<char> file = foreign_file(R"("__metadata__":{"format":"dnnc"},)");
  put(file, file.size());
  EXPECT_NE(refusal(program_), "");
}

}  // namespace
}  // namespace dnnc::runtime
