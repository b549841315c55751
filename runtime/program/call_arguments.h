#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

/// What tables say of calls that the runtime carries out: sources of data, rules of the training loop.
namespace dnnc::runtime {

/// What may be written for an argument of a call that the runtime carries out, `csv("a.csv", target: medv)`.
enum class ArgumentKind {
  File,      ///< a text: path of a file or folder
  FilePair,  ///< two texts in a list: [images, labels]
  Column,    ///< a name or a text
  Spread,    ///< a constant of at least 0 that f32 has
  Whole,     ///< a whole constant of at least 1
  Seed,      ///< a whole constant of at least 0
  Share,     ///< a constant between 0 and 1, both excluded
  Sizes,     ///< 32x32
  Word,      ///< one of some words
  Letter,    ///< a text of one sign
  Words,     ///< texts in a list
  Columns,   ///< names or texts in a list
  Truth,     ///< true or false
  Quantity,  ///< validation.loss
};

/// A list with room for `most`, that can be written in a constant.
template <class Item, size_t most>
class ShortList {
 public:
  constexpr ShortList() = default;
  constexpr ShortList(std::initializer_list<Item> items) {
    for (const Item& item : items) items_[count_++] = item;
  }
  constexpr const Item* begin() const { return items_; }
  constexpr const Item* end() const { return items_ + count_; }
  constexpr size_t size() const { return count_; }
  constexpr const Item& operator[](size_t place) const { return items_[place]; }

 private:
  Item items_[most] = {};
  size_t count_ = 0;
};

/// An argument of such a call.
struct ArgumentRow {
  const char* name = nullptr;
  ArgumentKind kind = ArgumentKind::File;
  bool required = false;
  std::optional<double> standard = {};   ///< of a number that is left out
  std::optional<double> most = {};       ///< of a Whole, which is below 2^31 in any case, or of a Spread
  ShortList<const char*, 2> words = {};  ///< of a Word
};

}  // namespace dnnc::runtime
