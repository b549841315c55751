#include "runtime/data/augmented_batches.h"

#include <gtest/gtest.h>

#include <fstream>
#include <numeric>
#include <string>

#include "runtime/data/augment.h"
#include "runtime/program/threads.h"

extern "C" const dnnc::runtime::Augmenting dnnc_augment;

namespace dnnc::runtime {
namespace {

using Kind = Augmentation::Kind;

/// Pictures in colour, with a number for each place of them, and a label.
class AugmentedBatchesTest : public testing::Test {
 protected:
  AugmentedBatchesTest() {
    data_.raw = {{"picture", {side, side, 3}, {}, true}, {"map", {side, side}, {}}, {"label", {}, {}}};
    data_.inputs = {"picture"};
    data_.augment = {{Kind::FlipHorizontal}, {Kind::Rotate, 30}, {Kind::Noise, 5}, {Kind::Cutout, 4}};
    std::iota(pictures_.begin(), pictures_.end(), uint8_t{0});
    std::iota(maps_.begin(), maps_.end(), 0.0f);
    for (uint32_t k = 0; k < examples; ++k) order_.push_back(k * 7 % examples);
    add("picture", Storage::UInt8, {side, side, 3}, pictures_.data());
    add("map", Storage::Float32, {side, side}, maps_.data());
    add("label", Storage::Float32, {}, maps_.data());
  }
  ~AugmentedBatchesTest() override { set_threads(1); }

  void add(const std::string& name, Storage storage, const std::vector<int64_t>& shape, const void* rows) {
    FieldData field{name, storage, shape, 1, {{0, static_cast<const char*>(rows), nullptr}}};
    for (const int64_t extent : shape) field.count *= extent;
    fields_.push_back(field);
  }

  std::unique_ptr<AugmentedBatches> batches() const {
    return dnnc_augment.batches({data_, {&fields_[0], &fields_[1], &fields_[2]}, batch});
  }

  /// What the example is changed into, without batches.
  std::string changed(const FieldData& field, Augmented what, uint32_t row, int64_t epoch) const {
    std::string bytes(field.row(row), static_cast<size_t>(field.row_bytes())), scratch = bytes;
    const int64_t channels = field.shape.size() == 3 ? field.shape[2] : 1;
    augment({bytes.data(), field.storage, side, side, channels}, what, data_.augment,
            {seed, static_cast<uint64_t>(epoch), row}, scratch.data());
    return bytes;
  }

  void expect_batch(const AugmentedBatch& made, int64_t number, int64_t epoch) const {
    const std::vector<FieldData>& found = made.fields;
    ASSERT_EQ(found.size(), 3u);
    EXPECT_TRUE(found[2].segments.empty());
    std::vector<uint32_t> rows(batch);
    std::iota(rows.begin(), rows.end(), 0u);
    EXPECT_EQ(made.rows, rows);
    for (int64_t k = 0; k < batch; ++k) {
      const auto place = static_cast<size_t>(std::min<int64_t>(number * batch + k, examples - 1));
      for (const size_t field : {0u, 1u}) {
        const std::string bytes(found[field].row(k), static_cast<size_t>(found[field].row_bytes()));
        const Augmented what = field == 0 ? Augmented::Picture : Augmented::Alongside;
        EXPECT_EQ(bytes, changed(fields_[field], what, order_[place], epoch)) << number << " " << k << " " << field;
      }
    }
  }

  static constexpr int64_t side = 20, batch = 8, steps = 7;
  static constexpr uint32_t examples = 53;  // the last batch has five
  static constexpr uint64_t seed = 11;
  DataDescription data_;
  std::vector<uint8_t> pictures_ = std::vector<uint8_t>(examples * side * side * 3);
  std::vector<float> maps_ = std::vector<float>(examples * side * side);
  std::vector<FieldData> fields_;
  std::vector<uint32_t> order_;
};

TEST_F(AugmentedBatchesTest, AreThoseOfEachExampleAloneForAnyNumberOfThreads) {
  for (const int threads : {1, 2, 5}) {
    set_threads(threads);
    const std::unique_ptr<AugmentedBatches> made = batches();
    for (int64_t epoch = 1; epoch <= 4; ++epoch) {
      made->begin(order_, seed, epoch, 0);
      for (int64_t number = 0; number < steps; ++number) expect_batch(made->next(), number, epoch);
    }
  }
}

/// A training that is stopped and goes on elsewhere begins again in the middle, while threads make what nobody wants.
TEST_F(AugmentedBatchesTest, BeginAnywhereAtAnyTime) {
  for (const int threads : {1, 4}) {
    set_threads(threads);
    const std::unique_ptr<AugmentedBatches> made = batches();
    for (int64_t first = 0; first < steps; ++first) {
      made->begin(order_, seed, 9, first);
      made->begin(order_, seed, first + 1, first);
      for (int64_t number = first; number < std::min(first + 2, steps); ++number)
        expect_batch(made->next(), number, first + 1);
    }
  }
}

int threads_of_this_process() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with("Threads:")) return std::stoi(line.substr(8));
  return 0;
}

/// What takes little time is done where it is needed.
TEST_F(AugmentedBatchesTest, HaveThreadsWhereTheyTakeTime) {
  set_threads(4);
  const int before = threads_of_this_process();
  {
    const std::unique_ptr<AugmentedBatches> made = batches();
    EXPECT_EQ(threads_of_this_process(), before + 3);
  }
  EXPECT_EQ(threads_of_this_process(), before);
  data_.augment = {{Kind::FlipHorizontal}};
  const std::unique_ptr<AugmentedBatches> cheap = batches();
  EXPECT_EQ(threads_of_this_process(), before);
  set_threads(1);
  data_.augment = {{Kind::Rotate, 30}};
  const std::unique_ptr<AugmentedBatches> alone = batches();
  EXPECT_EQ(threads_of_this_process(), before);
}

}  // namespace
}  // namespace dnnc::runtime
