#include <cctype>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

// Changes programs by words and signs, so that more of them get past the parser than by bytes. Linked to every fuzzer of
// programs.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

using Tokens = std::vector<std::string>;

/// Words, numbers, runs of blanks, and single signs.
Tokens split(const std::string& text) {
  const auto kind = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '_' || c == '.') return 1;
    return c == ' ' ? 2 : 0;
  };
  Tokens tokens;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    while (end < text.size() && kind(text[at]) != 0 && kind(text[end]) == kind(text[at])) ++end;
    tokens.push_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

std::string join(const Tokens& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

/// Deletes, doubles, moves and exchanges pieces of a few tokens; numbers become others at the ends of their range.
class Change {
 public:
  Change(Tokens tokens, unsigned seed) : tokens_(std::move(tokens)), engine_(seed) {}

  Tokens make() {
    const size_t at = below(tokens_.size()), length = std::min<size_t>(1 + below(1 + below(12)), tokens_.size() - at);
    const auto from = tokens_.begin() + static_cast<long>(at), to = from + static_cast<long>(length);
    const Tokens piece(from, to);
    switch (below(6)) {
      case 0:
        tokens_.erase(from, to);
        break;
      case 1:
        insert(piece);
        break;
      case 2:
        tokens_[below(tokens_.size())] = tokens_[at];
        break;
      case 3:
        std::swap(tokens_[below(tokens_.size())], tokens_[at]);
        break;
      case 4:
        tokens_.erase(from, to);
        if (!tokens_.empty()) insert(piece);
        break;
      default:
        change_number(at);
    }
    return tokens_;
  }

 private:
  size_t below(size_t count) { return engine_() % count; }

  void insert(const Tokens& piece) {
    tokens_.insert(tokens_.begin() + static_cast<long>(below(tokens_.size())), piece.begin(), piece.end());
  }

  /// The first one behind a place.
  void change_number(size_t at) {
    static const char* const numbers[] = {"0",    "1",    "2",          "3",          "7",     "-1",
                                          "13",   "0.5",  "1.5",        "64",         "100",   "1e-30",
                                          "1e30", "1000", "2147483647", "4294967296", "1e400", "9223372036854775807"};
    while (at < tokens_.size() && !std::isdigit(static_cast<unsigned char>(tokens_[at][0]))) ++at;
    if (at < tokens_.size()) tokens_[at] = numbers[below(std::size(numbers))];
  }

  Tokens tokens_;
  std::mt19937 engine_;
};

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
  const Tokens tokens = split(std::string(reinterpret_cast<const char*>(data), size));
  if (tokens.size() < 2 || seed % 4 == 0) return LLVMFuzzerMutate(data, size, most);
  const std::string text = join(Change(tokens, seed).make());
  const size_t bytes = std::min(text.size(), most);
  std::memcpy(data, text.data(), bytes);
  return bytes;
}
