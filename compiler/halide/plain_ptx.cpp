#include "compiler/halide/plain_ptx.h"

#include <algorithm>
#include <cctype>

namespace dnnc {
namespace {

constexpr std::string_view kernel_follows = ".entry ", parameter = "_param_", blank = " \t";

bool is_of_ptx_name(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) || character == '_' || character == '$';
}

class PlainPtx {
 public:
  explicit PlainPtx(const std::string& symbol) : symbol_(symbol) {}

  void take_line(std::string_view line) {
    line = line.substr(0, line.find("//"));
    const size_t first = line.find_first_not_of(blank);
    if (first == std::string_view::npos) return;
    line = line.substr(first, line.find_last_not_of(blank) + 1 - first);
    for (size_t at = 0; at < line.size();) {
      size_t behind = at + 1;
      if (is_of_ptx_name(line[at]))
        while (behind < line.size() && is_of_ptx_name(line[behind])) ++behind;
      made_.text += renamed(line.substr(at, behind - at));
      at = behind;
    }
    made_.text += '\n';
  }
  PlainText take() { return std::move(made_); }

 private:
  std::string renamed(std::string_view word) {
    if (made_.text.ends_with(kernel_follows)) {
      std::string name = "kernel_" + symbol_ + "_" + std::to_string(made_.kernels.size());
      return made_.kernels[std::string(word)] = std::move(name);
    }
    const size_t kernel = word.rfind(parameter);
    if (kernel != std::string_view::npos && made_.kernels.contains(std::string(word.substr(0, kernel))))
      return "p" + std::string(word.substr(kernel + parameter.size()));
    if (word == " " || word == "\t") return made_.text.ends_with(' ') || made_.text.ends_with(',') ? "" : " ";
    return std::string(word);
  }

  const std::string& symbol_;
  PlainText made_;
};

}  // namespace

PlainText plain_ptx(std::string_view ptx, const std::string& symbol) {
  PlainPtx plain(symbol);
  while (!ptx.empty()) {
    const size_t end = std::min(ptx.find('\n'), ptx.size());
    plain.take_line(ptx.substr(0, end));
    ptx.remove_prefix(std::min(end + 1, ptx.size()));
  }
  return plain.take();
}

}  // namespace dnnc
