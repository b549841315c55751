#include "compiler/driver/program_cache.h"

#include <dlfcn.h>
#include <fmt/core.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <filesystem>

#include "compiler/driver/code_generator.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;
constexpr size_t hash_bytes = sizeof(XXH128_canonical_t);

XXH128_canonical_t hash_of(const char* bytes, size_t count) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes, count));
  return canonical;
}

/// Which build this is: size and time of the program and of its code generator.
std::string build_id() {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  std::string id;
  for (const fs::path& file : {program, program.parent_path().parent_path() / "lib/libdnnc_codegen.so"}) {
    std::error_code error;
    id +=
        fmt::format("{} {} ", fs::file_size(file, error), fs::last_write_time(file, error).time_since_epoch().count());
  }
  return id;
}

std::string path_of(const ProgramKey& key, const std::string& suffix) {
  return key.folder + "/program-" + key.hash + suffix;
}

/// The bytes of a file that ends with their hash; empty if it is missing or damaged.
bool is_whole(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return false;
  const std::vector<char> file = runtime::read_file(path);
  if (file.size() <= hash_bytes) return false;
  const size_t bytes = file.size() - hash_bytes;
  const XXH128_canonical_t hash = hash_of(file.data(), bytes);
  return std::memcmp(&hash, file.data() + bytes, hash_bytes) == 0;
}

class CachedProgram final : public LoadedProgram {
 public:
  explicit CachedProgram(void* library) : library_(library) {
    program_ = static_cast<const dnnc_program*>(dlsym(library, "dnnc_generated"));
  }
  ~CachedProgram() override { dlclose(library_); }
  const dnnc_program& program() const override { return *program_; }
  bool loaded() const { return program_ != nullptr; }

 private:
  void* library_;
  const dnnc_program* program_;
};

std::unique_ptr<LoadedProgram> load_library(const std::string& path) {
  if (!is_whole(path)) return nullptr;
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return nullptr;
  auto program = std::make_unique<CachedProgram>(library);
  if (!program->loaded()) return nullptr;
  return program;
}

void keep_program(const std::string& path, const Compiled& run) {
  const std::string linked = path + fmt::format(".{}", ::getpid());
  if (!code_generator().link_library(run.plan, run.objects, to_json(run.manifest), linked).empty()) return;
  std::vector<char> file = runtime::read_file(linked);
  const XXH128_canonical_t hash = hash_of(file.data(), file.size());
  file.insert(file.end(), reinterpret_cast<const char*>(&hash), reinterpret_cast<const char*>(&hash) + hash_bytes);
  runtime::write_file(path, file.data(), file.size());
  std::error_code error;
  fs::remove(linked, error);
}

}  // namespace

ProgramKey program_key(Session& session, const std::vector<ast::File>& files, bool all_runs, const CpuTarget& target) {
  const Options& options = session.options();
  const bool asks_compiler = !options.emit.empty() || !options.print_after.empty() || !options.skip_passes.empty() ||
                             options.time || !options.verify;
  if (options.cache.empty() || asks_compiler) return {};
  std::string text = build_id() + options.target + "\n" + text_of(target) + "\n" + options.run + "\n" +
                     (all_runs ? "all\n" : "one\n") + (options.check_memory ? "checked\n" : "\n");
  for (const auto& [name, value] : options.constants) text += name + "=" + value + "\n";
  for (const ast::File& file : files)
    text += session.sources().name(file.source) + "\n" + session.sources().text(file.source) + "\n";
  const XXH128_canonical_t hash = hash_of(text.data(), text.size());
  std::string letters;
  for (const unsigned char byte : hash.digest) letters += fmt::format("{:02x}", byte);
  return {options.cache, letters};
}

std::optional<std::vector<std::unique_ptr<LoadedProgram>>> load_cached(const ProgramKey& key) {
  const std::string list = path_of(key, ".runs");
  std::error_code error;
  if (key.folder.empty() || !fs::exists(list, error)) return std::nullopt;
  std::vector<std::unique_ptr<LoadedProgram>> programs;
  const size_t runs = runtime::read_file(list).size();  // one byte a run
  for (size_t run = 0; run < runs; ++run) {
    std::unique_ptr<LoadedProgram> program = load_library(path_of(key, fmt::format("-{}.so", run)));
    if (!program) return std::nullopt;
    programs.push_back(std::move(program));
  }
  return programs;
}

void keep_programs(const ProgramKey& key, const std::vector<Compiled>& runs) {
  if (key.folder.empty()) return;
  try {
    fs::create_directories(key.folder);
    for (size_t run = 0; run < runs.size(); ++run) keep_program(path_of(key, fmt::format("-{}.so", run)), runs[run]);
    // Last, so that a list names whole libraries only.
    runtime::write_file(path_of(key, ".runs"), std::string(runs.size(), '+').data(), runs.size());
  } catch (const std::exception&) {
    // A cache that cannot be written costs time, nothing else.
  }
}

}  // namespace dnnc
