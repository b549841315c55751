#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/program/roles.h"

/// What a program says of its data. `Place` is where something was written: a part of a source text for the compiler, for
/// the runtime a text like "f.dnn:4:12".
namespace dnnc::runtime {

/// Number of elements of an array of that shape.
inline int64_t element_count(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) count *= extent;
  return count;
}

/// A value written in a data block: number, text, list, or a call `rows(...)`, `csv("a.csv", target: medv)`.
template <class Place>
struct BasicDataValue {
  enum class Kind : uint8_t { Number, Text, List, Call } kind = Kind::Number;
  double number = 0;
  std::optional<uint64_t> whole = {};      ///< of a Number that is a seed: all its digits
  std::string text = {};                   ///< of a Text; the name of a Call
  std::vector<BasicDataValue> items = {};  ///< of a List; positional arguments of a Call: the rows of `rows`
  std::vector<BasicDataValue> named = {};  ///< all other arguments of a Call; in a manifest in the order of their names
  std::string name = {};                   ///< of an argument in `named`
  Place place = {};
  bool operator==(const BasicDataValue&) const = default;

  /// The named argument, or null if it was not given.
  const BasicDataValue* argument(std::string_view name) const {
    for (const BasicDataValue& value : named)
      if (value.name == name) return &value;
    return nullptr;
  }
  /// The text of a named argument; an empty one if it was not given.
  std::string word(std::string_view name) const {
    const BasicDataValue* value = argument(name);
    return value ? value->text : "";
  }
  double value(std::string_view name, double standard) const {
    const BasicDataValue* value = argument(name);
    return value ? value->number : standard;
  }
  uint64_t whole_value(std::string_view name, uint64_t standard) const {
    const BasicDataValue* value = argument(name);
    return value ? value->whole.value_or(static_cast<uint64_t>(value->number)) : standard;
  }
};
using DataValue = BasicDataValue<std::string>;

/// A field as the source gives it, before any formula.
struct RawField {
  std::string name;
  std::vector<int64_t> shape;  ///< of one example
  Element element;
  bool bytes = false;        ///< whole numbers 0 ... 255 that may be kept as UInt8: the points of pictures
  bool probability = false;  ///< numbers from 0 to 1: the target of a `prob`
  bool precise = false;      ///< numbers that are read as float64: also their rest is asked for (rest_name)
  std::string column = {};   ///< of the source, where it is called otherwise than the field
  Reading reading = Reading::Value;
  std::string word = {};                        ///< of Equals
  bool optional = false;                        ///< it may be missing: then it is 0
  bool positive = false;                        ///< no number is negative: weights of examples
  int64_t least = INT32_MIN, most = INT32_MAX;  ///< of an Integer: labels that a formula makes others of
  const std::string& column_name() const { return column.empty() ? name : column; }
  int64_t count() const { return element_count(shape); }
  bool operator==(const RawField&) const = default;
};

/// A part that is split off the training examples.
struct Split {
  DataPart part = DataPart::Test;  ///< or Validation
  SplitMethod method = SplitMethod::Tail;
  double share = 0;
  uint64_t seed = 0;
  /// The field that tells the group of an example, its class of Stratified, or where it stands: Tail takes the last by it.
  std::string by = {};
  bool operator==(const Split&) const = default;
};

/// One change of the training examples, from `augment = [flip(horizontal), shift(4)]`: a row of augmentations.def.
struct Augmentation {
  enum class Kind : uint8_t {
#define DNNC_AUGMENTATION(kind, ...) kind,
#include "runtime/program/augmentations.def"
#undef DNNC_AUGMENTATION
  } kind = Kind::Shift;
  double amount = 0;  ///< its argument; 0 of a flip
  bool operator==(const Augmentation&) const = default;
};
template <>
inline constexpr std::array words<Augmentation::Kind> = {
#define DNNC_AUGMENTATION(kind, word, ...) Word{Augmentation::Kind::kind, word},
#include "runtime/program/augmentations.def"
#undef DNNC_AUGMENTATION
};

template <class Place>
struct BasicDataDescription {
  std::string name;
  BasicDataValue<Place> source = {};
  std::vector<RawField> raw = {};        ///< the fields of the source that a net, target or formula reads
  std::vector<std::string> inputs = {};  ///< those that the net's inputs are made from, in the order of the inputs
  std::string target = {};  ///< the raw field that the target is made from, for its class names and messages
  std::vector<Split> splits = {};
  std::vector<Augmentation> augment = {};
  bool operator==(const BasicDataDescription&) const = default;
};
using DataDescription = BasicDataDescription<std::string>;

}  // namespace dnnc::runtime
