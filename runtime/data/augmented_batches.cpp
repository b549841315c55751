#include "runtime/data/augmented_batches.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "runtime/data/augment.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/interrupt.h"
#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

struct MadeField {
  const FieldData* from;
  Augmented what;
  Canvas canvas;  ///< its bytes are those of one example
};

/// The place of a batch; of some, each is used again and again.
struct Slot {
  std::vector<std::vector<char>> bytes;  ///< of each field; none of one that is not augmented
  AugmentedBatch batch;
  int64_t done = 0;  ///< so many examples
};

/// Examples are counted through the epoch: `claimed_` is the first that nobody makes. They are claimed in their order, so that the
/// batch that is waited for is whole first.
class Batches final : public AugmentedBatches {
 public:
  explicit Batches(const AugmentedFields& fields) : changes_(fields.data.augment), batch_(fields.batch) {
    for (const FieldData* field : fields.fields) add(fields.data, *field);
    const bool ahead = cost_ * batch_ > worth_a_thread && thread_count() > 1;
    chunk_ = std::clamp<int64_t>(worth_a_claim / std::max<int64_t>(cost_, 1), 1, batch_);
    make_slots(ahead ? slots_of_threads : 1);
    if (ahead) start(thread_count() - 1);
  }
  ~Batches() override {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void begin(const std::vector<uint32_t>& order, uint64_t seed, int64_t epoch, int64_t first) override {
    std::unique_lock lock(mutex_);
    claimed_ = end_;  // what is being made is of an epoch that nobody wants
    ready_.wait(lock, [&] { return working_ == 0; });
    order_ = order;
    seed_ = seed;
    epoch_ = static_cast<uint64_t>(epoch);
    for (Slot& slot : slots_) slot.done = 0;
    next_ = oldest_ = first;
    claimed_ = first * batch_;
    end_ = (static_cast<int64_t>(order.size()) + batch_ - 1) / batch_ * batch_;
    work_.notify_all();
  }

  const AugmentedBatch& next() override {
    std::unique_lock lock(mutex_);
    if (oldest_ != next_) slot_of(oldest_).done = 0;
    oldest_ = next_++;
    work_.notify_all();
    Slot& slot = slot_of(oldest_);
    while (slot.done < batch_)
      if (claimed_ < next_ * batch_) make_some(lock, scratch_);
      else ready_.wait(lock);
    return slot.batch;
  }

 private:
  static constexpr size_t slots_of_threads = 3;
  static constexpr int64_t worth_a_thread = 100'000, worth_a_claim = 50'000;  // nanoseconds

  void add(const DataDescription& data, const FieldData& field) {
    const auto raw = std::ranges::find(data.raw, field.name, &RawField::name);
    const Augmented what = augmented(*raw, data.raw, data.inputs);
    made_.push_back({&field, what, {}});
    if (what == Augmented::Not) return;
    made_.back().canvas = {nullptr, field.storage, field.shape[0], field.shape[1],
                           field.count / (field.shape[0] * field.shape[1])};
    for (const Augmentation& change : changes_) {
      const AugmentationRow& row = augmentation_row(change.kind);
      if (what == Augmented::Picture || row.moves) cost_ += row.cost * field.count;
    }
  }

  size_t room() const {
    int64_t most = 0;
    for (const MadeField& made : made_) most = std::max(most, made.canvas.size());
    return static_cast<size_t>(most);
  }

  void make_slots(size_t count) {
    int64_t bytes = 0;
    for (const MadeField& made : made_) bytes += made.canvas.size() * batch_;
    expect_memory(bytes * static_cast<int64_t>(count), "batches of augmented examples");
    slots_.resize(count);
    for (Slot& slot : slots_) {
      for (const MadeField& made : made_) {
        slot.bytes.emplace_back(static_cast<size_t>(made.canvas.size() * batch_));
        FieldData& field = slot.batch.fields.emplace_back(*made.from);
        field.segments.clear();
        if (made.what != Augmented::Not) field.segments = {{0, slot.bytes.back().data(), nullptr}};
      }
      for (uint32_t row = 0; row < batch_; ++row) slot.batch.rows.push_back(row);
    }
    scratch_.resize(room());
  }

  /// Where the system gives no more threads, those that there are make all. They leave signals to the one that may keep them
  /// waiting.
  void start(int count) {
    const SignalsWait for_the_thread_that_trains;
    try {
      threads_.reserve(static_cast<size_t>(count));
      while (static_cast<int>(threads_.size()) < count)
        threads_.emplace_back([this, scratch = std::vector<char>(room())]() mutable { work(scratch); });
    } catch (const std::exception&) {
      tell_of_fewer_threads(static_cast<int>(threads_.size()) + 1, count + 1);
    }
  }

  void work(std::vector<char>& scratch) {
    std::unique_lock lock(mutex_);
    while (true) {
      work_.wait(lock, [&] { return stopping_ || claimed_ < limit(); });
      if (stopping_) return;
      make_some(lock, scratch);
    }
  }

  /// The slot of the oldest batch, which the training reads, is in use.
  int64_t limit() const { return std::min(end_, (oldest_ + static_cast<int64_t>(slots_.size())) * batch_); }
  Slot& slot_of(int64_t batch) { return slots_[static_cast<size_t>(batch) % slots_.size()]; }

  void make_some(std::unique_lock<std::mutex>& lock, std::vector<char>& scratch) {
    const int64_t first = claimed_, number = first / batch_;
    const int64_t last = std::min(first + chunk_, (number + 1) * batch_);
    claimed_ = last;
    ++working_;
    Slot& slot = slot_of(number);
    lock.unlock();
    for (int64_t example = first; example < last; ++example) make(slot, example, scratch.data());
    lock.lock();
    --working_;
    slot.done += last - first;
    if (slot.done == batch_ || working_ == 0) ready_.notify_all();
  }

  void make(Slot& slot, int64_t example, char* scratch) const {
    const auto place = static_cast<size_t>(std::min(example, static_cast<int64_t>(order_.size()) - 1));
    for (size_t field = 0; field < made_.size(); ++field) {
      const auto& [from, what, one] = made_[field];
      if (what == Augmented::Not) continue;
      Canvas canvas = one;
      canvas.bytes = slot.bytes[field].data() + example % batch_ * canvas.size();
      gather_rows(*from, &order_[place], 1, from->storage, canvas.bytes);
      augment(canvas, what, changes_, {seed_, epoch_, order_[place]}, scratch);
    }
  }

  std::vector<Augmentation> changes_;
  std::vector<MadeField> made_;
  int64_t batch_, chunk_ = 1, cost_ = 0;
  std::vector<uint32_t> order_;
  uint64_t seed_ = 0, epoch_ = 0;
  std::vector<Slot> slots_;
  int64_t claimed_ = 0, end_ = 0, next_ = 0, oldest_ = 0, working_ = 0;
  bool stopping_ = false;
  std::vector<char> scratch_;  ///< of the thread that trains
  std::mutex mutex_;
  std::condition_variable work_, ready_;
  std::vector<std::thread> threads_;
};

std::unique_ptr<AugmentedBatches> batches_of(const AugmentedFields& fields) {
  return std::make_unique<Batches>(fields);
}

}  // namespace
}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::Augmenting dnnc_augment;
const dnnc::runtime::Augmenting dnnc_augment = {dnnc::runtime::batches_of};
}
