#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/native/native.h"
#include "compiler/native/step.h"
#include "compiler/support/check.h"
#include "native/link_files.h"

LLD_HAS_DRIVER(elf)

namespace dnnc {
namespace {

namespace files = std::filesystem;

/// A folder for the objects, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (files::temp_directory_path() / "dnnc-XXXXXX").string();
    if (mkdtemp(pattern.data())) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) files::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const files::path& path() const { return path_; }

 private:
  files::path path_;
};

bool write(const files::path& path, const char* bytes, size_t count) {
  std::ofstream file(path, std::ios::binary);
  file.write(bytes, static_cast<std::streamsize>(count));
  return static_cast<bool>(file.flush());
}

/// An archive of the runtime: beside an installed dnnc, or where it was built, or in a build that was moved.
std::string archive(const std::string& name) {
  std::error_code error;
  const files::path folder = files::read_symlink("/proc/self/exe", error).parent_path();
  for (const files::path& place : {folder / "../lib", files::path(DNNC_ARCHIVE_FOLDER)})
    if (files::exists(place / name, error)) return (place / name).string();
  return (folder / ".." / name).string();
}

/// Where the ABI of x86-64 Linux puts it.
constexpr const char* loader = "/lib64/ld-linux-x86-64.so.2";

/// lld 19 keeps a pointer to the symbol of the offset table from one link in a process to the next. A link that has the
/// symbol sets it anew; one without wrote to the freed symbol of the last (valgrind over native_tests shows it).
constexpr const char* fresh_offset_table = "--undefined=_GLOBAL_OFFSET_TABLE_";

std::vector<std::string> shared_arguments(const std::string& output) {
  return {"ld.lld",
          "-o",
          output,
          "-m",
          "elf_x86_64",
          "--gc-sections",
          "--as-needed",
          "--strip-all",
          "--icf=safe",
          "--build-id=none",
          "--hash-style=gnu",
          "-z",
          "relro",
          "-z",
          "noexecstack",
          "--threads=1",
          fresh_offset_table};
}

void append(std::vector<std::string>& arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

std::vector<std::string> trainer_arguments(const std::vector<std::string>& objects,
                                           const std::vector<std::string>& needed, const std::string& output) {
  std::vector<std::string> arguments = shared_arguments(output);
  append(arguments, {"--dynamic-linker", loader, "--eh-frame-hdr"});
  append(arguments, {std::begin(link_files::start), std::end(link_files::start)});
  append(arguments, objects);
  for (const std::string& symbol : needed) arguments.push_back("--undefined=" + symbol);
  for (const char* name : {"libdnnc_trainer_main.a", "libdnnc_runtime.a"}) arguments.push_back(archive(name));
  append(arguments, {std::begin(link_files::libraries), std::end(link_files::libraries)});
  append(arguments, {std::begin(link_files::end), std::end(link_files::end)});
  return arguments;
}

/// What kernels call of the runtime stays open: the program that loads the library has it.
std::vector<std::string> library_arguments(const std::vector<std::string>& objects, const std::string& exports,
                                           const std::string& output) {
  std::vector<std::string> arguments = shared_arguments(output);
  append(arguments, {"-shared", "--version-script=" + exports});
  append(arguments, objects);
  append(arguments, {std::begin(link_files::shared), std::end(link_files::shared)});
  return arguments;
}

/// Runs the linker in this process. What it has to say of symbols is a fault of the compiler; of files, the user's.
void link(const std::vector<std::string>& arguments) {
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  std::string said;
  llvm::raw_string_ostream stream(said);
  const lld::Result result = lld::lldMain(words, stream, stream, {{lld::Gnu, &lld::elf::link}});
  check(result.retCode == 0, "native: the linker refused: " + stream.str());
}

/// The objects of kernels and step as files in `folder`; an empty list if they cannot be written.
std::vector<std::string> write_objects(const Plan& plan, const std::vector<std::vector<char>>& kernels,
                                       const std::string& manifest, const files::path& folder) {
  if (folder.empty()) return {};
  llvm::LLVMContext context;
  const auto step = compile_step(*make_step(plan, manifest, context));
  std::vector<std::string> objects = {(folder / "step.o").string()};
  bool written = write(objects.front(), step->getBufferStart(), step->getBufferSize());
  for (size_t number = 0; number < kernels.size(); ++number) {
    objects.push_back((folder / ("k" + std::to_string(number) + ".o")).string());
    written = written && write(objects.back(), kernels[number].data(), kernels[number].size());
  }
  return written ? objects : std::vector<std::string>();
}

/// Puts a finished file in its place in one go, so that nobody ever sees half of it.
std::string publish(const files::path& made, const std::string& path) {
  const std::string beside = path + "." + std::to_string(getpid());
  std::error_code error;
  files::copy_file(made, beside, files::copy_options::overwrite_existing, error);
  if (!error) files::rename(beside, path, error);
  if (!error) return "";
  std::error_code ignored;
  files::remove(beside, ignored);
  return "cannot write " + path + ": " + error.message();
}

const char* const cannot_write_objects = "cannot write to the folder of temporary files";

}  // namespace

std::string link_trainer(const Plan& plan, const std::vector<std::vector<char>>& kernels, const std::string& manifest,
                         const std::vector<std::string>& needed, const std::string& path) {
  const TemporaryFolder folder;
  const auto objects = write_objects(plan, kernels, manifest, folder.path());
  if (objects.empty()) return cannot_write_objects;
  link(trainer_arguments(objects, needed, folder.path() / "trainer"));
  return publish(folder.path() / "trainer", path);
}

std::string link_library(const Plan& plan, const std::vector<std::vector<char>>& kernels, const std::string& manifest,
                         const std::string& path) {
  const TemporaryFolder folder;
  const auto objects = write_objects(plan, kernels, manifest, folder.path());
  const std::string exports = "{ global: dnnc_generated; local: *; };\n";
  const files::path script = folder.path() / "exports";
  if (objects.empty() || !write(script, exports.data(), exports.size())) return cannot_write_objects;
  link(library_arguments(objects, script, folder.path() / "program.so"));
  return publish(folder.path() / "program.so", path);
}

}  // namespace dnnc
