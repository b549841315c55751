#pragma once
#include <compare>
#include <cstdint>
#include <functional>
#include <vector>

namespace dnnc {

/// The number of one thing of a kind. Ids of two kinds do not mix: `graph[node]` with another Id does not compile.
template <class Tag>
struct Id {
  uint32_t value = UINT32_MAX;
  auto operator<=>(const Id&) const = default;
  bool valid() const { return value != UINT32_MAX; }
};

/// A vector that is indexed by one kind of id only.
template <class Tag, class T>
class IdVector {
 public:
  T& operator[](Id<Tag> id) { return items_.at(id.value); }
  const T& operator[](Id<Tag> id) const { return items_.at(id.value); }
  Id<Tag> push(T item) {
    items_.push_back(std::move(item));
    return Id<Tag>{static_cast<uint32_t>(items_.size() - 1)};
  }
  size_t size() const { return items_.size(); }
  bool contains(Id<Tag> id) const { return id.value < items_.size(); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<T> items_;
};

}  // namespace dnnc

template <class Tag>
struct std::hash<dnnc::Id<Tag>> {
  size_t operator()(dnnc::Id<Tag> id) const noexcept { return id.value; }
};
