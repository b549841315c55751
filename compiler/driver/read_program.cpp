#include "compiler/driver/read_program.h"

#include <fmt/core.h>

#include <filesystem>
#include <set>

#include "compiler/driver/files_like.h"
#include "compiler/syntax/parse.h"
#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;

/// Of a program, and what of a file that is no text at all is read.
constexpr size_t most_files = 256, most_bytes_of_all = size_t{1} << 24, most_read = size_t{1} << 26;

/// Reads depth-first over imports.
class Reader {
 public:
  Reader(Sources& sources, Diagnostics& diagnostics) : sources_(sources), diagnostics_(diagnostics) {}

  void read(const std::string& path, Span from) {
    const runtime::FileIdentity key = runtime::identity_of(path);
    if (open_.count(key)) {
      report("E0802", fmt::format("`{}` imports itself, directly or through others", runtime::shown(path)), from);
      return;
    }
    if (full_ || !seen_.insert(key).second) return;
    std::optional<ast::File> file = parse_text(path, from);
    if (!file) return;
    const std::vector<ast::Declaration> declarations = file->declarations;
    files_.push_back(std::move(*file));
    open_.insert(key);
    for (const ast::Declaration& declaration : declarations)
      if (const auto* import = std::get_if<ast::Import>(&declaration.kind); import && import->file.empty())
        report("E0801", "an import names a file", import->file_span);
      else if (import) read((fs::path(path).parent_path() / import->file).string(), import->file_span);
    open_.erase(key);
  }

  std::vector<ast::File> take() { return std::move(files_); }

 private:
  std::optional<ast::File> parse_text(const std::string& path, Span from) {
    try {
      const std::vector<char> bytes = runtime::read_file(path, most_read);
      bytes_ += bytes.size();
      full_ = seen_.size() > most_files || bytes_ > most_bytes_of_all;
      if (full_) {
        report("E0804", fmt::format("the program has more than {} files or {} bytes", most_files, most_bytes_of_all),
               from);
        return std::nullopt;
      }
      return parse(sources_.add(path, std::string(bytes.begin(), bytes.end())), diagnostics_);
    } catch (const runtime::Failure& failure) {
      report("E0801", failure.what(), from, files_like(path, sources_.size() == 0));
      return std::nullopt;
    }
  }

  void report(const char* code, const std::string& message, Span span, const std::string& help = "") {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = message;
    diagnostic.span = span;
    diagnostic.help = help;
    diagnostics_.report(std::move(diagnostic));
  }

  Sources& sources_;
  Diagnostics& diagnostics_;
  std::vector<ast::File> files_;
  std::set<runtime::FileIdentity> seen_, open_;  ///< all files read; those whose imports are being read
  size_t bytes_ = 0;                             ///< of all texts
  bool full_ = false;                            ///< no more is read
};

}  // namespace

std::vector<ast::File> read_program(const std::string& path, Sources& sources, Diagnostics& diagnostics) {
  Reader reader(sources, diagnostics);
  reader.read(path, Span{});
  return reader.take();
}

std::vector<ast::File> parse_program(const std::vector<runtime::SourceText>& texts, Sources& sources,
                                     Diagnostics& diagnostics) {
  std::vector<ast::File> files;
  for (const runtime::SourceText& text : texts)
    if (std::optional<ast::File> file = parse(sources.add(text.file, text.text), diagnostics))
      files.push_back(std::move(*file));
  return files;
}

}  // namespace dnnc
