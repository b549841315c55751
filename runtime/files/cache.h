#pragma once
#include <optional>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// What is dear to make, kept in a folder of the user's own (own_folder.h): a file for each thing, found by a text that says
/// all that it was made from. Only what this user alone can have written is read, and only if it fits a hash of text and
/// contents. Whatever cannot be read or written is made again: a cache costs time, nothing else.
class Cache {
 public:
  Cache() = default;  ///< keeps nothing
  /// `ending` tells kinds of things apart that share a folder. No folder: keeps nothing.
  Cache(std::string folder, std::string ending) : folder_(std::move(folder)), ending_(std::move(ending)) {}

  std::optional<std::vector<char>> find(const std::string& made_from) const;
  void keep(const std::string& made_from, const std::vector<char>& thing) const;
  bool keeps() const { return !folder_.empty(); }

 private:
  std::string name_of(const std::string& made_from) const;

  std::string folder_, ending_;
};

}  // namespace dnnc::runtime
