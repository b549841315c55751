#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Patterns of names, in which `*` is anything, slashes included: "*/b", "body/*".
namespace dnnc::runtime {

/// What each `*` of the pattern stands for if it matches the whole of the path, else std::nullopt. Of several ways each but the
/// last stands for as little as can be.
inline std::optional<std::vector<std::string_view>> taken_by(std::string_view pattern, std::string_view path) {
  std::vector<std::string_view> taken;
  size_t at = 0, next = 0;  // in the pattern, in the path
  std::optional<size_t> star;
  while (next < path.size() || (at < pattern.size() && pattern[at] == '*')) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken.push_back(path.substr(next, 0));
    } else if (at < pattern.size() && pattern[at] == path[next]) {
      ++at, ++next;
    } else if (star) {  // the last `*` takes one more
      std::string_view& last = taken.back();
      const auto begin = static_cast<size_t>(last.data() - path.data());
      last = path.substr(begin, last.size() + 1);
      next = begin + last.size();
      at = *star + 1;
    } else {
      return std::nullopt;
    }
  }
  return at == pattern.size() ? std::optional(taken) : std::nullopt;
}

inline bool matches(std::string_view pattern, std::string_view path) { return taken_by(pattern, path).has_value(); }

/// The path with what each `*` of `pattern` stands for in place of those of `other`, which has as many: "mlp/dense1/w" of
/// "body/dense1/w" by "body/*" and "mlp/*". std::nullopt if the pattern does not match it.
inline std::optional<std::string> renamed(std::string_view path, std::string_view pattern, std::string_view other) {
  const auto taken = taken_by(pattern, path);
  if (!taken) return std::nullopt;
  std::string name;
  size_t star = 0;
  for (const char letter : other) {
    if (letter == '*') name += taken->at(star++);
    else name += letter;
  }
  return name;
}

}  // namespace dnnc::runtime
