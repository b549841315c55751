#include "compiler/driver/read_program.h"

#include <fmt/core.h>

#include <filesystem>
#include <set>

#include "compiler/syntax/parse.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;

/// Reads depth-first over imports.
class Reader {
 public:
  Reader(Sources& sources, Diagnostics& diagnostics) : sources_(sources), diagnostics_(diagnostics) {}

  void read(const std::string& path, Span from) {
    const std::string key = fs::weakly_canonical(path).string();
    if (open_.count(key)) {
      report("E0802", fmt::format("`{}` imports itself, directly or through others", path), from);
      return;
    }
    if (!seen_.insert(key).second) return;
    std::optional<ast::File> file = parse_text(path, from);
    if (!file) return;
    const std::vector<ast::Declaration> declarations = file->declarations;
    files_.push_back(std::move(*file));
    open_.insert(key);
    for (const ast::Declaration& declaration : declarations)
      if (const auto* import = std::get_if<ast::Import>(&declaration.kind))
        read((fs::path(path).parent_path() / import->file).string(), import->file_span);
    open_.erase(key);
  }

  std::vector<ast::File> take() { return std::move(files_); }

 private:
  std::optional<ast::File> parse_text(const std::string& path, Span from) {
    try {
      const std::vector<char> bytes = runtime::read_file(path);
      return parse(sources_.add(path, std::string(bytes.begin(), bytes.end())), diagnostics_);
    } catch (const runtime::Failure& failure) {
      report("E0801", failure.what(), from);
      return std::nullopt;
    }
  }

  void report(const char* code, const std::string& message, Span span) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = message;
    diagnostic.span = span;
    diagnostics_.report(std::move(diagnostic));
  }

  Sources& sources_;
  Diagnostics& diagnostics_;
  std::vector<ast::File> files_;
  std::set<std::string> seen_, open_;  ///< all files read; those whose imports are being read
};

}  // namespace

std::vector<ast::File> read_program(const std::string& path, Sources& sources, Diagnostics& diagnostics) {
  Reader reader(sources, diagnostics);
  reader.read(path, Span{});
  return reader.take();
}

}  // namespace dnnc
