#include "runtime/run/checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "fake_program.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

const CheckpointKey key = {"net", "net key", "step key", "data key"};

/// A state in which nothing is as it is at the beginning, with numbers that JSON does not have.
TrainState a_state(int64_t epoch = 3) {
  const double infinity = std::numeric_limits<double>::infinity();
  TrainState state;
  state.epoch = epoch, state.step = 2, state.epochs = 9;
  state.seed = UINT64_MAX;
  state.rate_scale = 0.1;
  state.keep = {true, 1.0 / 3, 1};
  state.anneal = {true, -infinity, 2};
  state.means = {{0.1, 1e300, infinity}, 31};
  state.last = {{0.2}, 64};
  state.validation = {{"loss", 0.3}, {"a \"name\"", 5e-324}};
  constexpr size_t kept = 6 + 3 + 6;
  float last[kept], best[kept];
  for (size_t i = 0; i < kept; ++i) {
    last[i] = static_cast<float>(i) / 7;
    best[i] = -1e-38f * static_cast<float>(i);
  }
  const auto bytes = [](const float* numbers) {
    const char* const begin = reinterpret_cast<const char*>(numbers);
    return std::vector<char>(begin, begin + kept * sizeof(float));
  };
  state.kept = bytes(last), state.best.kept = bytes(best);
  state.best.train = {{"loss", 0.25}};
  return state;
}

class CheckpointFile : public ::testing::Test {
 protected:
  CheckpointFile() : path_(::testing::TempDir() + "dnnc_checkpoint_" + std::to_string(getpid())) {}
  ~CheckpointFile() override {
    for (const char* ending : {"", ".old"}) std::filesystem::remove(path_ + ending);
  }
  std::string refusal(const CheckpointKey& wanted = key) {
    try {
      load_checkpoint(manifest_, wanted, path_);
    } catch (const Failure& failure) {
      return failure.what();
    }
    return "";
  }
  Manifest manifest_ = test::two_tensors();
  std::string path_;
};

TEST_F(CheckpointFile, HoldsTheWholeState) {
  save_checkpoint(manifest_, key, {}, a_state(), path_);
  EXPECT_EQ(load_checkpoint(manifest_, key, path_), a_state());
  TrainState without_best = a_state();
  without_best.best = {};
  without_best.rate_scale = std::numeric_limits<double>::quiet_NaN();
  save_checkpoint(manifest_, key, {}, without_best, path_);
  const TrainState loaded = load_checkpoint(manifest_, key, path_);
  EXPECT_TRUE(loaded.best.kept.empty());
  EXPECT_TRUE(std::isnan(loaded.rate_scale));
}

TEST_F(CheckpointFile, IsRefusedWithWhatDiffers) {
  save_checkpoint(manifest_, key, {}, a_state(), path_);
  EXPECT_EQ(refusal(), "");
  EXPECT_NE(refusal({"net", "other", "step key", "data key"}).find("made with another net"), std::string::npos);
  EXPECT_NE(refusal({"net", "net key", "other", "data key"}).find("another loss, metric, optimizer"),
            std::string::npos);
  EXPECT_NE(refusal({"net", "net key", "step key", "other"}).find("other data"), std::string::npos);
  EXPECT_EQ(refusal({"renamed", "net key", "step key", "data key"}), "");
}

TEST_F(CheckpointFile, GoesBackToTheOneBeforeWhereAnyByteIsDamaged) {
  save_checkpoint(manifest_, key, {}, a_state(3), path_);
  save_checkpoint(manifest_, key, {}, a_state(4), path_);
  EXPECT_EQ(resume(manifest_, key, path_).state.epoch, 4);
  const std::vector<char> whole = read_file(path_);
  for (size_t place = 0; place < whole.size(); place += 3) {
    std::vector<char> damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    std::ofstream(path_, std::ios::binary).write(damaged.data(), static_cast<std::streamsize>(damaged.size()));
    EXPECT_EQ(resume(manifest_, key, path_).state.epoch, 3) << "byte " << place;
  }
  std::filesystem::resize_file(path_, whole.size() / 2);
  EXPECT_EQ(resume(manifest_, key, path_).state.epoch, 3);
  std::filesystem::remove(path_);
  const Resumed resumed = resume(manifest_, key, path_);
  EXPECT_EQ(resumed.state, a_state(3));
  EXPECT_NE(resumed.notes.find("resumed from " + path_ + ".old: epoch 3 of 9, after 2 of its steps"), std::string::npos)
      << resumed.notes;
}

/// Of what is left of one, whatever has happened to it, and of nothing else.
TEST_F(CheckpointFile, IsKnownWhenItIsDamaged) {
  const auto known = [&](const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return was_checkpoint(path_);
  };
  save_checkpoint(manifest_, key, {{"classes", "one\nother"}}, a_state(), path_);
  const std::vector<char> file = read_file(path_);
  const std::string whole(file.begin(), file.end());
  EXPECT_TRUE(known(whole));
  EXPECT_TRUE(known(""));
  // One or two bytes may be letters of any text.
  for (size_t bytes = 3; bytes < whole.size(); ++bytes) EXPECT_TRUE(known(whole.substr(0, bytes))) << bytes;
  for (size_t place = 0; place < whole.size(); ++place) {
    std::string damaged = whole;
    damaged[place] = static_cast<char>(damaged[place] ^ 1);
    EXPECT_TRUE(known(damaged)) << "byte " << place;
  }
  EXPECT_TRUE(known(std::string(5000, '\0')));
  const std::string header = R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  const std::string other = std::string{static_cast<char>(header.size())} + std::string(7, '\0') + header + "1234";
  for (const std::string& text : {std::string("a"), std::string("hello\n"), std::string("dnn 1\ndata d\n"),
                                  std::string("a,t\n1,3\n2,4\n"), other, other.substr(0, other.size() - 1)})
    EXPECT_FALSE(known(text)) << text;
}

TEST_F(CheckpointFile, SaysWhereBitsMayDiffer) {
  save_checkpoint(manifest_, key, {}, a_state(), path_);
  EXPECT_EQ(resume(manifest_, key, path_).notes.find("may differ"), std::string::npos);
  manifest_.machine.text = "another processor";
  EXPECT_NE(resume(manifest_, key, path_).notes.find("may differ"), std::string::npos);
}

TEST_F(CheckpointFile, IsWrittenWhenItIsDue) {
  const DataSet data;
  const Checkpoints by_steps(manifest_, data, path_, {.steps = 3});
  EXPECT_TRUE(by_steps.due(6, 0, false));
  EXPECT_FALSE(by_steps.due(7, 1, true));
  const Checkpoints by_epochs(manifest_, data, path_, {.epochs = 2});
  EXPECT_TRUE(by_epochs.due(8, 2, true));
  EXPECT_FALSE(by_epochs.due(9, 2, false));
  EXPECT_FALSE(by_epochs.due(12, 3, true));
  Checkpoints as_usual(manifest_, data, path_, {});
  EXPECT_FALSE(as_usual.due(1, 0, false));
  EXPECT_TRUE(as_usual.due(4, 1, true)) << "the first epoch";
  as_usual.write(a_state());
  EXPECT_FALSE(as_usual.due(8, 2, true)) << "less than 30 s behind it";
  const Checkpoints by_time(manifest_, data, path_, {.seconds = 3600, .at_epochs = false});
  EXPECT_FALSE(by_time.due(4, 1, true));
}

TEST_F(CheckpointFile, KnowsOtherData) {
  std::vector<float> rows = {1, 2, 3};
  DataSet data{.fields = {{.name = "x",
                           .shape = {},
                           .count = 1,
                           .segments = {{0, reinterpret_cast<char*>(rows.data()), nullptr}}}},
               .examples = 3,
               .train = {0, 1},
               .validation = {2},
               .test = {},
               .names = {},
               .files = {}};
  const std::string same = key_of(manifest_, data).data;
  EXPECT_EQ(key_of(manifest_, data).data, same);
  std::swap(data.train[0], data.train[1]);
  EXPECT_NE(key_of(manifest_, data).data, same);
  std::swap(data.train[0], data.train[1]);
  rows[2] = 4;
  EXPECT_NE(key_of(manifest_, data).data, same);
  rows[2] = 3;
  manifest_.data.augment = {{Augmentation::Kind::FlipHorizontal}};
  EXPECT_NE(key_of(manifest_, data).data, same);
}

}  // namespace
}  // namespace dnnc::runtime
