#include "compiler/halide/device_source.h"

#include <Halide.h>

#include <cctype>
#include <map>
#include <set>
#include <string_view>

#include "compiler/halide/plain_ptx.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

constexpr const char* source_ending = "_gpu_source_kernels";
constexpr std::string_view space_begins = "__address_space_", kernel_follows = "__kernel void ", counted = "0123456789";
/// An empty one, which Halide puts before all others.
constexpr std::string_view unused_kernel = "__kernel void _at_least_one_kernel";

bool is_of_name(char character) { return std::isalnum(static_cast<unsigned char>(character)) || character == '_'; }

/// Rewrites a source name by name: what a name becomes depends on the names before it alone.
class PlainSource {
 public:
  PlainSource(std::string_view source, const std::string& symbol) : source_(source), symbol_(symbol) {
    while (at_ < source_.size()) take_line();
  }

  PlainText take() { return {std::move(text_), std::move(kernels_)}; }

 private:
  /// Lines say which memory is behind a name; so do the names then.
  void take_line() {
    const size_t end = std::min(source_.find('\n', at_), source_.size());
    std::string_view line = source_.substr(at_, end - at_);
    at_ = end + 1;
    line = line.substr(0, line.find("//"));
    const size_t first = std::min(line.find_first_not_of(' '), line.size());
    line = line.substr(first, line.find_last_not_of(' ') + 1 - first);
    if (line.empty() || line.starts_with("#undef") || line.starts_with(unused_kernel)) return;
    if (const size_t space = line.find(space_begins); line.starts_with("#define") && space != std::string::npos) {
      const size_t behind = line.find(' ', space);
      spaces_.emplace(line.substr(space, behind - space), line.substr(behind + 1));
      return;
    }
    for (size_t at = 0; at < line.size();) {
      const size_t comment = line.substr(at).starts_with("/*") ? line.find("*/", at) : std::string_view::npos;
      size_t behind = at + 1;
      if (comment != std::string_view::npos) {
        at = comment + 2;
        continue;
      }
      if (is_of_name(line[at]))
        while (behind < line.size() && is_of_name(line[behind])) ++behind;
      text_ += renamed(line.substr(at, behind - at));
      at = behind;
    }
    text_ += '\n';
  }

  std::string renamed(std::string_view word) {
    if (word[0] != '_') return std::string(word);
    if (const auto space = spaces_.find(word); space != spaces_.end()) return std::string(space->second);
    if (word.starts_with("__")) return std::string(word);
    std::string& known = names_[std::string(word)];
    if (known.empty())
      known = std::string_view(text_).ends_with(kernel_follows) ? name_of_kernel(word) : free_name(word);
    return known;
  }

  std::string name_of_kernel(std::string_view word) {
    return kernels_[std::string(word)] = "_kernel_" + symbol_ + "_" + std::to_string(kernels_.size());
  }

  /// The name without the kernel's, and without what it was counted by: "_k_0123_o0_s0_a0_block_id_x" becomes "_o0" or "_o0_1".
  std::string free_name(std::string_view word) {
    const size_t own = word.find(symbol_);
    if (own != std::string_view::npos) {
      word.remove_prefix(own + symbol_.size());
      word = word.substr(0, word.find('_', 1));
    }
    for (size_t end; (end = word.find_last_not_of(counted)) + 1 < word.size() && end != std::string_view::npos &&
                     end > 0 && word[end] == '_';)
      word = word.substr(0, end);
    std::string base(word);
    const bool is_number = base.find_first_not_of(counted, 1) == std::string::npos;
    if (is_number) return "_" + std::to_string(numbers_++);
    const int before = taken_[base]++;
    return before == 0 ? base : base + "_" + std::to_string(before);
  }

  std::string_view source_;
  const std::string& symbol_;
  size_t at_ = 0;
  int numbers_ = 0;
  std::map<std::string, int> taken_;
  std::map<std::string, std::string> names_, kernels_;
  std::map<std::string_view, std::string_view> spaces_;
  std::string text_ = "// OpenCL C\n";
};

/// Calls the kernels by their new names, and says how long the source is.
class CallsOfPlain : public Halide::Internal::IRMutator {
 public:
  CallsOfPlain(const std::map<std::string, std::string>& kernels, size_t bytes) : kernels_(kernels), bytes_(bytes) {}

 private:
  using IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::StringImm* text) override {
    const auto known = kernels_.find(text->value);
    return known == kernels_.end() ? Halide::Expr(text) : Halide::Internal::StringImm::make(known->second);
  }
  Halide::Expr visit(const Halide::Internal::Call* call) override {
    const Halide::Expr made = IRMutator::visit(call);
    if (!call->name.ends_with("_initialize_kernels")) return made;
    const auto* same = made.as<Halide::Internal::Call>();
    std::vector<Halide::Expr> arguments = same->args;
    arguments.back() = Halide::Internal::make_const(arguments.back().type(), static_cast<int64_t>(bytes_));
    return Halide::Internal::Call::make(same->type, same->name, arguments, same->call_type);
  }

  const std::map<std::string, std::string>& kernels_;
  size_t bytes_;
};

std::string_view text_of(const Halide::Buffer<>& source) {
  const auto* text = static_cast<const char*>(source.data());
  return {text, strnlen(text, source.size_in_bytes())};
}

}  // namespace

Halide::Module with_plain_sources(const Halide::Module& module, const std::string& symbol) {
  Halide::Module plain(module.name(), module.target());
  plain.set_any_strict_float(module.any_strict_float());
  std::map<std::string, std::string> kernels;
  size_t bytes = 0;
  for (const Halide::Buffer<>& buffer : module.buffers()) {
    if (!buffer.name().ends_with(source_ending)) {
      plain.append(buffer);
      continue;
    }
    const PlainText source = module.target().has_feature(Halide::Target::CUDA)
                                 ? plain_ptx(text_of(buffer), symbol)
                                 : PlainSource(text_of(buffer), symbol).take();
    kernels.insert(source.kernels.begin(), source.kernels.end());
    bytes = source.text.size() + 1;
    Halide::Buffer<uint8_t> made(static_cast<int>(bytes), buffer.name());
    std::copy_n(source.text.c_str(), bytes, made.data());
    plain.append(Halide::Buffer<>(made));
  }
  for (Halide::Internal::LoweredFunc function : module.functions()) {
    if (bytes > 0) function.body = CallsOfPlain(kernels, bytes).mutate(function.body);
    plain.append(function);
  }
  return plain;
}

std::string device_source(const Halide::Module& module) {
  for (const Halide::Buffer<>& buffer : module.buffers())
    if (buffer.name().ends_with(source_ending)) return std::string(text_of(buffer));
  throw InternalError("halide: a kernel for a device without a source");
}

}  // namespace dnnc
