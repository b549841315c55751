#include "runtime/data/split.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>
#include <set>

#include "runtime/data/table_look.h"
#include "runtime/program/failure.h"
#include "runtime/program/philox.h"

namespace dnnc::runtime {
namespace {

using Rows = std::vector<uint32_t>;

// The high words of the streams of RandomSequence: what an epoch draws is never what a split draws.
constexpr uint64_t split_stream = 0x40000000, shuffle_stream = 0x50000000;

void permute(Rows& rows, uint64_t seed, uint64_t stream_word) {
  RandomSequence random(seed, stream_word << 32);
  for (size_t last = rows.size(); last > 1; --last)
    std::swap(rows[last - 1], rows[random.below(static_cast<uint32_t>(last))]);
}
Rows permuted(Rows rows, uint64_t seed, uint64_t stream_word) {
  permute(rows, seed, stream_word);
  return rows;
}

size_t rounded_share(size_t examples, double share) {
  return static_cast<size_t>(std::llround(share * static_cast<double>(examples)));
}

[[noreturn]] void refuse_split(const DataDescription& description, const Split& split, const std::string& why) {
  throw Failure(exit_wrong, description.source.place + ": data `" + description.name + "`: cannot take `" +
                                word_of(split.part) + " = " + word_of(split.method) + "(...)`: " + why);
}

/// How many of each class: the exact shares rounded down, the rest given to the largest remainders, smaller classes
/// first where they are equal.
std::map<int32_t, size_t> shares_of_classes(const std::map<int32_t, Rows>& classes, double share, size_t wanted) {
  std::map<int32_t, size_t> counts;
  std::vector<std::pair<double, int32_t>> remainders;
  size_t given = 0;
  for (const auto& [label, rows] : classes) {
    const double exact = share * static_cast<double>(rows.size());
    counts[label] = static_cast<size_t>(exact);
    given += counts[label];
    remainders.emplace_back(std::floor(exact) - exact, label);
  }
  std::sort(remainders.begin(), remainders.end());
  for (size_t k = 0; given < wanted && k < remainders.size(); ++k, ++given) ++counts[remainders[k].second];
  return counts;
}

}  // namespace

int32_t class_of(const FieldData& target, uint32_t row) {
  if (target.storage == Storage::UInt8) return static_cast<unsigned char>(*target.row(row));
  const auto number = [&](auto value) {
    std::memcpy(&value, target.row(row), sizeof value);
    return static_cast<int32_t>(std::lround(value));
  };
  if (target.storage == Storage::Float32) return number(0.0f);
  if (target.storage == Storage::Float64) return number(0.0);
  int32_t label;
  std::memcpy(&label, target.row(row), sizeof label);
  return label;
}

namespace {

/// Whether class_of() loses nothing that tells classes apart: of shares between 0 and 1 it takes the nearer.
bool is_class(const FieldData& target, uint32_t row) {
  const auto whole = [&](auto value) {
    std::memcpy(&value, target.row(row), sizeof value);
    return (value >= 0 && value <= 1) || value == std::trunc(value);
  };
  if (target.storage == Storage::Float32) return whole(0.0f);
  return target.storage != Storage::Float64 || whole(0.0);
}

Rows choose_stratified(const Rows& rows, const Split& split, const DataSet& data, const DataDescription& description) {
  const FieldData& target = data.field(split.by.empty() ? description.target : split.by);
  if (target.count != 1) refuse_split(description, split, "`" + target.name + "` is not one class an example");
  std::map<int32_t, Rows> classes;
  for (uint32_t row : rows) {
    if (!is_class(target, row))
      refuse_split(description, split, "`" + target.name + "` is no whole number in " + data.place_of(row));
    classes[class_of(target, row)].push_back(row);
  }
  Rows chosen;
  for (const auto& [label, count] : shares_of_classes(classes, split.share, rounded_share(rows.size(), split.share))) {
    const Rows order = permuted(classes[label], split.seed, split_stream + 1 + static_cast<uint32_t>(label));
    chosen.insert(chosen.end(), order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return chosen;
}

/// A number as a field has it.
double number_in(const FieldData& field, uint32_t row) {
  const auto number = [&](auto value) {
    std::memcpy(&value, field.row(row), sizeof value);
    return static_cast<double>(value);
  };
  if (field.storage == Storage::UInt8) return number(uint8_t());
  if (field.storage == Storage::Int32) return number(int32_t());
  return field.storage == Storage::Float32 ? number(0.0f) : number(0.0);
}

/// The last of the table, or by a field: of equal ones the last of the table.
Rows choose_tail(Rows rows, std::ptrdiff_t count, const Split& split, const DataSet& data,
                 const DataDescription& description) {
  if (!split.by.empty()) {
    const FieldData& by = data.field(split.by);
    if (by.count != 1) refuse_split(description, split, "`" + by.name + "` is not one number an example");
    std::vector<std::pair<double, uint32_t>> order;
    for (const uint32_t row : rows) order.emplace_back(number_in(by, row), row);
    std::ranges::sort(order);
    for (size_t place = 0; place < rows.size(); ++place) rows[place] = order[place].second;
  }
  return Rows(rows.end() - count, rows.end());
}

/// Whole groups in an order that the seed decides, as many as come next to the share.
Rows choose_groups(const Rows& rows, const Split& split, const DataSet& data) {
  const FieldData& by = data.field(split.by);
  std::map<std::string_view, uint32_t> numbers;
  std::vector<Rows> groups;
  for (const uint32_t row : rows) {
    const std::string_view name(by.row(row), static_cast<size_t>(by.row_bytes()));
    const auto [found, added] = numbers.emplace(name, static_cast<uint32_t>(groups.size()));
    if (added) groups.emplace_back();
    groups[found->second].push_back(row);
  }
  Rows order(groups.size());
  std::iota(order.begin(), order.end(), 0u);
  permute(order, split.seed, split_stream);
  const size_t wanted = rounded_share(rows.size(), split.share);
  Rows chosen;
  for (const uint32_t number : order) {
    const Rows& group = groups[number];
    if (chosen.size() < wanted && group.size() <= 2 * (wanted - chosen.size()))
      chosen.insert(chosen.end(), group.begin(), group.end());
  }
  return chosen;
}

Rows choose(const Rows& rows, const Split& split, const DataSet& data, const DataDescription& description) {
  const auto count = static_cast<std::ptrdiff_t>(rounded_share(rows.size(), split.share));
  if (split.method == SplitMethod::Tail) return choose_tail(rows, count, split, data, description);
  if (split.method == SplitMethod::Stratified) return choose_stratified(rows, split, data, description);
  if (split.method == SplitMethod::Groups) return choose_groups(rows, split, data);
  const Rows order = permuted(rows, split.seed, split_stream);
  return Rows(order.begin(), order.begin() + count);
}

/// `shared`: so many examples before the part have something of its targets; they belong to no part.
void take_part(DataSet& data, const Split& split, const DataDescription& description, int64_t shared) {
  Rows& part = split.part == DataPart::Test ? data.test : data.validation;
  if (!part.empty())
    refuse_split(description, split, std::string("the source has ") + word_of(split.part) + " examples of its own");
  part = choose(data.train, split, data, description);
  std::sort(part.begin(), part.end());
  if (part.empty() || part.size() == data.train.size())
    refuse_split(description, split,
                 "that is " + std::to_string(part.size()) + " of " + std::to_string(data.train.size()) + " examples");
  Rows rest;
  std::set_difference(data.train.begin(), data.train.end(), part.begin(), part.end(), std::back_inserter(rest));
  if (static_cast<int64_t>(rest.size()) <= shared)
    refuse_split(description, split, "all examples before it have something of its targets");
  rest.resize(rest.size() - static_cast<size_t>(shared));
  data.train = std::move(rest);
}

bool tells_classes(const DataDescription& description) {
  return std::ranges::any_of(description.raw, [&](const RawField& field) {
    const bool classes = field.element.kind == Element::Kind::Class || field.most != INT32_MAX ||
                         field.reading == Reading::Equals || field.probability;
    return field.name == description.target && field.count() == 1 && classes;
  });
}

/// Classes that a part has and the training part has not: nothing can be learned of them.
void note_unknown_classes(DataSet& data, DataPart part, const DataDescription& description) {
  if (!tells_classes(description)) return;
  const FieldData& target = data.field(description.target);
  std::set<int32_t> known, unknown;
  for (const uint32_t row : data.train) known.insert(class_of(target, row));
  size_t examples = 0;
  for (const uint32_t row : data.part(part)) {
    if (known.contains(class_of(target, row))) continue;
    unknown.insert(class_of(target, row));
    ++examples;
  }
  if (unknown.empty()) return;
  std::string names;
  for (const int32_t label : unknown) {
    const auto place = static_cast<size_t>(label);
    names += (names.empty() ? "" : ", ") +
             (place < data.names.classes.size() ? data.names.classes[place] : std::to_string(label));
  }
  data.notes.push_back("data `" + description.name + "`: " + std::to_string(examples) + " of " +
                       std::to_string(data.part(part).size()) + " " + word_of(part) +
                       " examples are of classes that the training part does not have: " + names);
}

/// What is to be said of the labels of a column or an array, which may count from 1.
void note_labels(DataSet& data, const DataDescription& description) {
  const CellAdviser* const adviser = cell_adviser();
  if (!adviser) return;
  for (const RawField& field : description.raw) {
    const bool words =
        field.name == description.target ? !data.names.classes.empty() : data.names.words.contains(field.name);
    if (field.element.kind != Element::Kind::Class || field.reading != Reading::Value || field.count() != 1 || words)
      continue;
    const std::string note = adviser->note_of_labels(field, data.field(field.name), data.examples);
    if (!note.empty()) data.notes.push_back("data `" + description.name + "`: " + note);
  }
}

}  // namespace

DataSet split_source(LoadedSource source, const DataDescription& description) {
  DataSet data;
  data.fields = std::move(source.fields);
  data.examples = source.examples;
  data.first_row = source.first_row;
  data.own_test = source.test;
  data.names = std::move(source.names);
  data.notes = std::move(source.notes);
  data.file = std::move(source.file);
  data.test_file = std::move(source.test_file);
  data.train.resize(static_cast<size_t>(source.examples - source.test));
  data.test.resize(static_cast<size_t>(source.test));
  std::iota(data.train.begin(), data.train.end(), 0);
  std::iota(data.test.begin(), data.test.end(), static_cast<uint32_t>(data.train.size()));
  for (const Split& split : description.splits) take_part(data, split, description, source.shared);
  note_labels(data, description);
  for (const DataPart part : {DataPart::Validation, DataPart::Test}) note_unknown_classes(data, part, description);
  return data;
}

void shuffle(std::vector<uint32_t>& rows, uint64_t seed, uint64_t epoch) {
  permute(rows, seed, shuffle_stream + (epoch & 0xFFFFFFF));
}

}  // namespace dnnc::runtime
