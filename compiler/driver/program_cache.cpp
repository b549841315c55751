#include "compiler/driver/program_cache.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <cstring>
#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "runtime/files/memory_file.h"
#include "runtime/files/own_folder.h"
#include "runtime/files/running_program.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;

/// Which build this is: size and time of the program and of its code generator; empty where that cannot be found out.
std::string build_id() {
  std::string id;
  for (const fs::path& file : {fs::path(runtime::running_program()), fs::path(code_generator_file())}) {
    std::error_code no_size, no_time;
    const auto size = fs::file_size(file, no_size);
    const auto time = fs::last_write_time(file, no_time);
    if (no_size || no_time) return "";
    id += fmt::format("{} {} ", size, time.time_since_epoch().count());
  }
  return id;
}

/// Several libraries as one thing to keep: their number, then each with its length before it.
std::vector<char> pack(const std::vector<std::vector<char>>& libraries) {
  std::vector<char> packed;
  const auto put = [&](uint64_t number) {
    const char* bytes = reinterpret_cast<const char*>(&number);
    packed.insert(packed.end(), bytes, bytes + sizeof number);
  };
  put(libraries.size());
  for (const std::vector<char>& library : libraries) {
    put(library.size());
    packed.insert(packed.end(), library.begin(), library.end());
  }
  return packed;
}

/// The libraries again; none if these are not their bytes.
std::vector<std::vector<char>> unpack(const std::vector<char>& packed) {
  size_t at = 0;
  const auto take = [&](uint64_t& number) {
    if (packed.size() - at < sizeof number) return false;
    std::memcpy(&number, packed.data() + at, sizeof number);
    at += sizeof number;
    return true;
  };
  std::vector<std::vector<char>> libraries;
  uint64_t count = 0, bytes = 0;
  if (!take(count)) return {};
  while (libraries.size() < count) {
    if (!take(bytes) || packed.size() - at < bytes) return {};
    libraries.emplace_back(packed.begin() + static_cast<long>(at), packed.begin() + static_cast<long>(at + bytes));
    at += bytes;
  }
  return libraries;
}

/// Loaded from memory: so it is the very bytes whose hash was looked at, and the folder of the cache may be one whose files
/// cannot be executed.
class CachedProgram final : public LoadedProgram {
 public:
  explicit CachedProgram(const std::vector<char>& library)
      : file_(library.data(), library.size()), library_(dlopen(file_.path().c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (library_) program_ = static_cast<const dnnc_program*>(dlsym(library_, runtime::program_symbol));
  }
  ~CachedProgram() override {
    if (library_) dlclose(library_);
  }
  const dnnc_program& program() const override { return *program_; }
  bool loaded() const { return program_ != nullptr; }

 private:
  runtime::MemoryFile file_;  ///< open as long as the library is loaded: it is known by this name
  void* library_;
  const dnnc_program* program_ = nullptr;
};

std::unique_ptr<LoadedProgram> load_library(const std::vector<char>& library) try {
  auto program = std::make_unique<CachedProgram>(library);
  if (!program->loaded()) return nullptr;
  return program;
} catch (const runtime::Failure&) {
  return nullptr;
}

}  // namespace

runtime::Cache kernel_cache(const Options& options) { return {options.cache, ".kernel"}; }

void tell_of_distrust(const Session& session) {
  const Options& options = session.options();
  const std::string why = options.cache.empty() ? options.no_cache : runtime::trust(options.cache).why_not;
  if (!why.empty()) session.tell(fmt::format("dnnc: note: compiled code is not kept: {}\n", runtime::shown(why)));
}

ProgramKey program_key(Session& session, const std::vector<ast::File>& files, bool all_runs, TargetName name,
                       const Target& target) {
  const Options& options = session.options();
  const bool asks_compiler = !options.emit.empty() || !options.print_after.empty() || !options.skip_passes.empty() ||
                             options.time || !options.verify;
  if (options.cache.empty() || asks_compiler) return {};
  const std::string build = build_id();
  if (build.empty()) return {};  // it would be that of any other
  std::string text = build + runtime::word_of(name) + "\n" + text_of(target) + "\n" + options.run + "\n" +
                     (all_runs ? "all\n" : "one\n") + (options.check_memory ? "checked\n" : "\n");
  if (!options.running.net.empty()) text += "nets\n";
  for (const std::string& path : options.running.values) text += "value " + path + "\n";
  for (const auto& [name, value] : options.constants) text += name + "=" + value + "\n";
  for (const ast::File& file : files)
    text += session.sources().name(file.source) + "\n" + session.sources().text(file.source) + "\n";
  return {{options.cache, ".program"}, text};
}

std::optional<std::vector<std::unique_ptr<LoadedProgram>>> load_cached(const ProgramKey& key) {
  const std::optional<std::vector<char>> kept = key.cache.find(key.made_from);
  if (!kept) return std::nullopt;
  std::vector<std::unique_ptr<LoadedProgram>> programs;
  for (const std::vector<char>& library : unpack(*kept)) {
    programs.push_back(load_library(library));
    if (!programs.back()) return std::nullopt;
  }
  if (programs.empty()) return std::nullopt;
  return programs;
}

void keep_programs(const ProgramKey& key, const std::vector<Compiled>& runs) {
  if (!key.cache.keeps()) return;
  std::vector<std::vector<char>> libraries;
  try {
    for (const Compiled& run : runs)
      libraries.push_back(code_generator().link_library(run.plan, run.objects, to_json(run.manifest)));
  } catch (const runtime::Failure&) {
    return;
  }
  key.cache.keep(key.made_from, pack(libraries));
}

}  // namespace dnnc
