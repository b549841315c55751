#include <fcntl.h>
#include <llvm/Support/CrashRecoveryContext.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "compiler/native/native.h"
#include "compiler/native/step.h"
#include "compiler/support/check.h"
#include "native/link_files.h"
#include "runtime/files/descriptor.h"
#include "runtime/files/files.h"
#include "runtime/files/memory_file.h"
#include "runtime/files/running_program.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

LLD_HAS_DRIVER(elf)

namespace dnnc {
namespace {

namespace files = std::filesystem;

using runtime::MemoryFile;
using Arguments = std::vector<std::string>;

/// An archive of the runtime: beside an installed dnnc, or where it was built, or in a build that was moved.
std::string archive(const std::string& name) {
  std::error_code error;
  const files::path folder = files::path(runtime::running_program()).parent_path();
  for (const files::path& place : {folder / "../lib", files::path(DNNC_ARCHIVE_FOLDER)})
    if (files::exists(place / name, error)) return (place / name).string();
  return (folder / ".." / name).string();
}

/// Where the ABI of x86-64 Linux puts it.
constexpr const char* loader = "/lib64/ld-linux-x86-64.so.2";

/// lld 19 keeps a pointer to the symbol of the offset table from one link in a process to the next. A link that has the
/// symbol sets it anew; one without wrote to the freed symbol of the last (valgrind over native_tests shows it).
constexpr const char* fresh_offset_table = "--undefined=_GLOBAL_OFFSET_TABLE_";

/// Nothing here compares addresses of functions, so equal ones may be one: gcc does not say which are compared, and of such
/// objects only `all` folds any.
Arguments shared_arguments() {
  return {"ld.lld",      "-m",        "elf_x86_64",      "--gc-sections",    "--as-needed",
          "--strip-all", "--icf=all", "--build-id=none", "--hash-style=gnu", "-z",
          "relro",       "-z",        "noexecstack",     "--threads=1",      fresh_offset_table};
}

void append(Arguments& arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
}

/// The objects of kernels and steps. The first program is found by its name, the others by it.
std::vector<MemoryFile> objects_of(const std::vector<ProgramParts>& programs) {
  std::vector<MemoryFile> objects;
  const auto name = [&](size_t number) {
    if (number == programs.size()) return std::string();
    return runtime::program_symbol + (number == 0 ? "" : "_" + std::to_string(number));
  };
  for (size_t number = 0; number < programs.size(); ++number) {
    const ProgramParts& program = programs[number];
    llvm::LLVMContext context;
    const auto step =
        compile_step(*make_step(program.plan, program.manifest, context, {name(number), name(number + 1)}));
    objects.emplace_back(step->getBufferStart(), step->getBufferSize());
    for (const std::vector<char>& kernel : program.kernels) objects.emplace_back(kernel.data(), kernel.size());
  }
  return objects;
}

Arguments paths_of(const std::vector<MemoryFile>& files) {
  Arguments paths;
  for (const MemoryFile& file : files) paths.push_back(file.path());
  return paths;
}

Arguments trainer_arguments(const std::vector<MemoryFile>& objects, const std::vector<std::string>& needed) {
  Arguments arguments = shared_arguments();
  append(arguments, {"--dynamic-linker", loader, "--eh-frame-hdr"});
  append(arguments, {std::begin(link_files::start), std::end(link_files::start)});
  append(arguments, paths_of(objects));
  for (const std::string& symbol : needed) arguments.push_back("--undefined=" + symbol);
  for (const char* name : {"libdnnc_trainer_main.a", "libdnnc_runtime.a"}) arguments.push_back(archive(name));
  append(arguments, {std::begin(link_files::libraries), std::end(link_files::libraries)});
  append(arguments, {std::begin(link_files::end), std::end(link_files::end)});
  return arguments;
}

/// What kernels call of the runtime stays open: the program that loads the library has it.
Arguments library_arguments(const std::vector<MemoryFile>& objects, const MemoryFile& exports) {
  Arguments arguments = shared_arguments();
  append(arguments, {"-shared", "--version-script=" + exports.path()});
  append(arguments, paths_of(objects));
  append(arguments, {std::begin(link_files::shared), std::end(link_files::shared)});
  return arguments;
}

/// Takes what is written to a name. A pipe, as beside an ordinary file lld would make another, which a name in memory has
/// no folder for. Where no thread can be started that reads it, an ordinary file in a folder of its own.
class Collector {
 public:
  Collector() {
    if (::pipe2(ends_, O_CLOEXEC) != 0) fail(std::strerror(errno));
    try {
      const runtime::SignalsWait for_this_thread;
      reader_ = std::thread([this] { collect(); });
    } catch (const std::system_error& fault) {
      for (const int end : ends_) ::close(end);
      make_folder(fault.what());
    }
  }
  ~Collector() {
    if (std::error_code error; !folder_.empty()) {
      files::remove_all(folder_, error);
    } else {
      end();
      if (ends_[0] >= 0) ::close(ends_[0]);
    }
  }
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  std::string path() const { return folder_.empty() ? "/proc/self/fd/" + std::to_string(ends_[1]) : folder_ + "/made"; }
  /// All of it, once nobody writes any more.
  std::vector<char> take() {
    if (!folder_.empty()) return runtime::read_file(path());
    expect_whole();
    return std::move(bytes_);
  }
  /// Nobody writes any more. Throws Failure where that is since it could not be read.
  void expect_whole() {
    end();
    if (reason_ != 0) fail(std::strerror(reason_));
  }

 private:
  [[noreturn]] static void fail(const std::string& why) {
    throw runtime::Failure(runtime::exit_input_output, "cannot link: " + why);
  }

  void make_folder(const char* why) {
    std::error_code error;
    std::string name = (files::temp_directory_path(error) / "dnnc-link-XXXXXX").string();
    if (error || !::mkdtemp(name.data())) fail(why);
    folder_ = name;
  }

  void collect() {
    try {
      if (runtime::read_all(ends_[0], bytes_)) return;
      reason_ = errno;
    } catch (const std::bad_alloc&) {
      reason_ = ENOMEM;
    }
    // Whoever writes is not kept waiting for one that cannot read.
    const runtime::Descriptor nowhere = runtime::open_file(runtime::null_device, O_WRONLY);
    constexpr size_t most = 1 << 20;
    while (::splice(ends_[0], nullptr, nowhere.number(), nullptr, most, 0) > 0) {
    }
    ::close(std::exchange(ends_[0], -1));
  }

  void end() {
    if (!reader_.joinable()) return;
    ::close(ends_[1]);
    reader_.join();
  }

  int ends_[2];
  std::string folder_;  ///< empty: the pipe
  std::thread reader_;
  std::vector<char> bytes_;
  int reason_ = 0;  ///< why it is not whole
};

/// "PATH: REASON" of the first file that the linker could not open or write; empty if it complains of something else.
std::string file_fault(const std::string& said) {
  for (const char* words : {"cannot open ", "failed to open ", "failed to write ", "cannot find version script "}) {
    const size_t begin = said.find(words);
    if (begin == std::string::npos) continue;
    const size_t path = begin + std::strlen(words);
    const std::string line = said.substr(path, said.find('\n', path) - path);
    const bool in_memory = line.find("/proc/self/fd/") != std::string::npos && line.find(": ") != std::string::npos;
    return in_memory ? "a file in memory" + line.substr(line.rfind(": ")) : line;
  }
  return "";
}

/// Runs the linker in this process. What it has to say of symbols is a fault of the compiler; of files, the system's.
std::vector<char> link(Arguments arguments) {
  Collector made;
  append(arguments, {"-o", made.path()});
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  std::string said;
  llvm::raw_string_ostream stream(said);
  // Where it gives up in the middle it ends this process, unless it is told that somebody goes on.
  llvm::CrashRecoveryContext::Enable();
  const lld::Result result = lld::lldMain(words, stream, stream, {{lld::Gnu, &lld::elf::link}});
  llvm::CrashRecoveryContext::Disable();
  if (result.retCode != 0) made.expect_whole();
  if (const std::string fault = file_fault(said); result.retCode != 0 && !fault.empty())
    throw runtime::Failure(runtime::exit_input_output, "cannot link: " + fault);
  check(result.retCode == 0, "native: the linker refused: " + said);
  return made.take();
}

}  // namespace

std::vector<char> link_trainer(const std::vector<ProgramParts>& programs, const std::vector<std::string>& needed) {
  return link(trainer_arguments(objects_of(programs), needed));
}

std::vector<char> link_library(const Plan& plan, const std::vector<std::vector<char>>& kernels,
                               const std::string& manifest) {
  const std::string exports = std::string("{ global: ") + runtime::program_symbol + "; local: *; };\n";
  const MemoryFile script(exports.data(), exports.size());
  return link(library_arguments(objects_of({{plan, kernels, manifest}}), script));
}

}  // namespace dnnc
