#include "runtime/run/device_batches.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "runtime/program/batch_words.h"
#include "runtime/program/failure.h"
#include "runtime/program/tensor_names.h"
#include "runtime/run/steps_ahead.h"

namespace dnnc::runtime {
namespace {

/// Kernels count elements in 32 bits.
constexpr int64_t most_places = (int64_t{1} << 31) - 1;
constexpr int64_t alignment = 8;

/// The field that a port of an entry is made of.
const FieldData& source_of(const DataSet& data, const Port& port) {
  const std::string_view rest_of = field_of_rest(port.name);
  return data.field(std::string(rest_of.empty() ? port.name : rest_of));
}

/// The rows of the fields that the entries of a machine take, on its device; the last data set that was asked for.
class ResidentData final : public KeptBeside {
 public:
  ResidentData(DeviceMemory& memory, const Manifest& manifest) : memory_(memory) {
    size_t of_step = 0;
    for (const EntryInfo& entry : manifest.entries)
      if (entry.takes) of_step = std::max(of_step, recorded(entry).second);
    history_words_ = 1 + of_step * most_steps_recorded;
    history_ = memory_.take_beside(static_cast<int64_t>(history_words_ * sizeof(int32_t)));
    if (history_) {
      clear_history();
      memory_.set_taken(TakenMemory::History, history_);
    }
    tell({});
  }

  /// That of a machine.
  static ResidentData& of(Machine& machine) {
    DeviceMemory& memory = *machine.beside();
    if (!memory.kept) memory.kept = std::make_unique<ResidentData>(memory, machine.manifest());
    return static_cast<ResidentData&>(*memory.kept);
  }
  /// The ports that an entry records, in that order, and how many numbers they have.
  static std::pair<std::vector<const OutputPort*>, size_t> recorded(const EntryInfo& entry) {
    std::pair<std::vector<const OutputPort*>, size_t> all;
    for (const OutputPort& port : entry.outputs) {
      const auto same = [&](const OutputPort* known) { return known->offset == port.offset; };
      if (!is_recorded(port.role) || std::ranges::any_of(all.first, same)) continue;
      all.first.push_back(&port);
      all.second += static_cast<size_t>(port.count());
    }
    return all;
  }
  uint64_t history() const { return history_; }
  void clear_history() {
    const int32_t none = 0;
    memory_.put_beside(history_, 0, {reinterpret_cast<const char*>(&none), sizeof none});
  }

  /// Whether the data are there, or could be brought there.
  bool holds(const Manifest& manifest, const DataSet& data) {
    const std::vector<const FieldData*> fields = fields_of(manifest, data);
    const auto same = [](const FieldData* a, const Held& b) { return is_same(*a, b.data); };
    if (!std::ranges::equal(fields, held_, same)) bring(fields, data);
    return there_;
  }
  struct Place {
    int64_t begin, distance;  ///< in elements
    Storage storage;
  };
  Place place_of(const FieldData& field) const {
    for (const Held& held : held_)
      if (is_same(field, held.data)) {
        const int64_t element = bytes_of(field.storage);
        return {held.offset / element, held.distance / element, field.storage};
      }
    throw std::logic_error("field " + field.name + " is not on the device");
  }
  DeviceMemory& memory() { return memory_; }
  /// Stores the words, and zeros behind them.
  void tell(std::vector<int32_t> words) {
    words.resize(batch_words);
    words[static_cast<size_t>(BatchWord::Records)] = history_ ? int32_t{most_steps_recorded} : 0;
    memory_.put_beside(memory_.taken(TakenMemory::Words)->device, 0,
                       {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(int32_t)});
  }
  uint64_t order() const { return order_; }
  /// Whose order and words they are.
  const void* user = nullptr;

 private:
  struct Held {
    FieldData data;  ///< its owners keep what is compared
    int64_t offset = 0, distance = 0, bytes = 0;
  };

  static std::vector<const FieldData*> fields_of(const Manifest& manifest, const DataSet& data) {
    std::vector<const FieldData*> fields;
    for (const EntryInfo& entry : manifest.entries)
      for (const InputPort& port : entry.inputs)
        if (entry.takes && port.role == InputRole::Field)
          if (const FieldData* field = &source_of(data, port); std::ranges::find(fields, field) == fields.end())
            fields.push_back(field);
    return fields;
  }
  static bool is_same(const FieldData& a, const FieldData& b) {
    return a.name == b.name && a.storage == b.storage && a.count == b.count && a.distance == b.distance &&
           std::ranges::equal(a.segments, b.segments, [](const Segment& one, const Segment& other) {
             return one.first == other.first && one.rows == other.rows;
           });
  }

  void forget() {
    for (const TakenMemory which : {TakenMemory::Data, TakenMemory::Order})
      memory_.set_taken(which, memory_.taken(TakenMemory::Words)->device);
    for (uint64_t* memory : {&data_, &order_}) {
      if (*memory) memory_.give_back(*memory);
      *memory = 0;
    }
    there_ = false;
    tell({});
    user = nullptr;
  }

  void bring(const std::vector<const FieldData*>& fields, const DataSet& data) {
    forget();
    held_.clear();
    int64_t rows = 0;
    size_t places = 0;
    for (const std::vector<uint32_t>* part : {&data.train, &data.validation, &data.test}) {
      places = std::max(places, part->size());
      for (const uint32_t row : *part) rows = std::max<int64_t>(rows, row + int64_t{1});
    }
    for (const FieldData* field : fields) held_.push_back({*field});
    if (rows == 0 || static_cast<int64_t>(places) >= most_places || !find_places(rows)) return;
    data_ = memory_.take_beside(end_);
    order_ = data_ ? memory_.take_beside(static_cast<int64_t>(places * sizeof(uint32_t))) : 0;
    if (!order_) return forget();
    try {
      for (const Held& held : held_) put(held, rows);
    } catch (const Failure&) {
      return forget();  // some drivers find out so late that there is not so much memory
    }
    memory_.set_taken(TakenMemory::Data, data_);
    memory_.set_taken(TakenMemory::Order, order_);
    there_ = true;
  }

  /// Fields of small elements first: their places are counted from the begin of the memory too. False if there are too many.
  bool find_places(int64_t rows) {
    std::vector<Held*> by_size;
    for (Held& held : held_) by_size.push_back(&held);
    std::ranges::stable_sort(by_size, {}, [](const Held* held) { return bytes_of(held->data.storage); });
    end_ = 0;
    for (Held* held : by_size) {
      const FieldData& field = held->data;
      // Rows of several pieces that overlap do not lie at equal distances.
      held->distance = field.segments.size() > 1 ? field.row_bytes() : field.row_distance();
      const int64_t element = bytes_of(field.storage);
      if (held->distance % element != 0) return false;
      held->offset = (end_ + alignment - 1) / alignment * alignment;
      held->bytes = (rows - 1) * held->distance + field.row_bytes();
      end_ = held->offset + held->bytes;
      if (end_ / element >= most_places) return false;
    }
    return true;
  }

  void put(const Held& held, int64_t rows) {
    const FieldData& field = held.data;
    for (size_t number = 0; number < field.segments.size(); ++number) {
      const Segment& segment = field.segments[number];
      const int64_t end = number + 1 < field.segments.size() ? std::min(rows, field.segments[number + 1].first) : rows;
      if (end <= segment.first) continue;
      const int64_t bytes = (end - segment.first - 1) * held.distance + field.row_bytes();
      const int64_t to = held.offset + segment.first * held.distance;
      if (held.distance == field.row_distance()) {
        memory_.put_beside(data_, to, {segment.rows, static_cast<size_t>(bytes)});
        continue;
      }
      for (int64_t row = segment.first; row < end; ++row)
        memory_.put_beside(data_, held.offset + row * held.distance,
                           {field.row(row), static_cast<size_t>(field.row_bytes())});
    }
  }

  DeviceMemory& memory_;
  std::vector<Held> held_;
  int64_t end_ = 0;
  uint64_t data_ = 0, order_ = 0, history_ = 0;
  size_t history_words_ = 0;
  bool there_ = false;
};

class Batches final : public DeviceBatches {
 public:
  Batches(Machine& machine, const EntryInfo& entry, const DataSet& data)
      : machine_(machine), entry_(entry), data_(data), resident_(ResidentData::of(machine)) {}
  bool begin(const std::vector<uint32_t>& order, int64_t batch, int64_t first_step) override {
    if (order.empty() || !resident_.holds(machine_.manifest(), data_)) return false;
    order_ = &order;
    batch_ = batch;
    first_step_ = first_step;
    put();
    return true;
  }
  void next() override {
    if (resident_.user != this) put();
    ++batch_;
  }
  void stop() override {
    if (!resident_.user) return;
    resident_.user = nullptr;
    resident_.tell({});
  }

 private:
  /// What the kernels read, of the batches from this one on.
  void put() {
    DeviceMemory& memory = resident_.memory();
    memory.put_beside(resident_.order(), 0,
                      {reinterpret_cast<const char*>(order_->data()), order_->size() * sizeof(uint32_t)});
    std::vector<int32_t> words(static_cast<size_t>(BatchWord::Fields));
    const auto set = [&](BatchWord word, int64_t value) {
      words[static_cast<size_t>(word)] = static_cast<int32_t>(static_cast<uint32_t>(value));
    };
    const auto places = static_cast<int64_t>(order_->size());
    set(BatchWord::Batch, batch_);
    set(BatchWord::Takes, 1);
    set(BatchWord::LastPlace, places - 1);
    set(BatchWord::LastBatch, (places - 1) / entry_.batch);
    set(BatchWord::FirstStep, first_step_);
    for (const InputPort& port : entry_.inputs) {
      if (port.role != InputRole::Field) continue;
      const ResidentData::Place place = resident_.place_of(source_of(data_, port));
      for (const int64_t word : {place.begin, place.distance, static_cast<int64_t>(place.storage)})
        words.push_back(static_cast<int32_t>(word));
    }
    resident_.tell(std::move(words));
    resident_.user = this;
  }

  Machine& machine_;
  const EntryInfo& entry_;
  const DataSet& data_;
  ResidentData& resident_;
  const std::vector<uint32_t>* order_ = nullptr;
  int64_t batch_ = 0, first_step_ = 0;
};

class History final : public DeviceHistory {
 public:
  History(ResidentData& resident, const EntryInfo& entry, const std::vector<const Port*>& ports) : resident_(resident) {
    const auto [recorded, of_step] = ResidentData::recorded(entry);
    of_step_ = of_step;
    for (const Port* port : ports) {
      size_t place = 1;
      for (const OutputPort* known : recorded) {
        if (known->offset == port->offset) break;
        place += static_cast<size_t>(known->count());
      }
      pieces_.push_back({place, static_cast<size_t>(port->count())});
    }
    words_.resize(1 + most_steps_recorded * of_step_);
    clear();
  }

  void fetch_later(size_t steps) override {
    const std::span<int32_t> wanted = std::span(words_).first(1 + steps * of_step_);
    resident_.memory().get_beside_later(resident_.history(), 0,
                                        {reinterpret_cast<char*>(wanted.data()), wanted.size_bytes()});
  }
  size_t done() const override { return static_cast<size_t>(words_[0]); }
  void read(size_t step, std::span<float> values) const override {
    float* to = values.data();
    for (const auto& [place, count] : pieces_) {
      std::memcpy(to, words_.data() + step * of_step_ + place, count * sizeof(float));
      to += count;
    }
  }
  void clear() override { resident_.clear_history(); }

 private:
  struct Piece {
    size_t place, count;  ///< in words
  };
  ResidentData& resident_;
  size_t of_step_ = 0;
  std::vector<Piece> pieces_;   ///< of the ports, in the first step
  std::vector<int32_t> words_;  ///< as the device has them: TakenMemory::History
};

}  // namespace

std::unique_ptr<DeviceHistory> make_device_history(Machine& machine, const EntryInfo& entry,
                                                   const std::vector<const Port*>& ports) {
  ResidentData& resident = ResidentData::of(machine);
  if (!resident.history()) return nullptr;
  return std::make_unique<History>(resident, entry, ports);
}

std::unique_ptr<DeviceBatches> make_device_batches(Machine& machine, const EntryInfo& entry, const DataSet& data) {
  return std::make_unique<Batches>(machine, entry, data);
}

}  // namespace dnnc::runtime

extern "C" dnnc::runtime::KernelBuffer* dnnc_device_taken(const dnnc::runtime::KernelBuffer* of, int32_t memory) {
  auto* device = static_cast<dnnc::runtime::DeviceMemory*>(const_cast<void*>(of->device_interface));
  return device->taken(static_cast<dnnc::runtime::TakenMemory>(memory));
}
