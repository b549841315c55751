#include <cstdio>
#include <exception>

#include "compiler/driver/commands.h"
#include "compiler/driver/options.h"
#include "compiler/support/check.h"
#include "runtime/program/failure.h"

// argv -> Options -> driver. Whatever goes wrong inside ends here as a message and an exit code.
int main(int argc, char** argv) {
  using namespace dnnc;
  OptionsResult read = read_options(argc, argv);
  if (!read.options) {
    std::fputs(read.text.c_str(), read.code == runtime::exit_done ? stdout : stderr);
    return read.code;
  }
  const std::string file = read.options->file;
  try {
    return run_command(std::move(*read.options));
  } catch (const runtime::Failure& failure) {
    std::fprintf(stderr, "dnnc: %s\n", failure.what());
    return failure.code();
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "dnnc: out of memory\n");
    return runtime::exit_wrong;
  } catch (const std::exception& fault) {
    std::fprintf(stderr,
                 "dnnc: a bug of the compiler, not of your program: %s\n"
                 "please report it together with %s\n",
                 fault.what(), file.empty() ? "the command line" : file.c_str());
    return runtime::exit_compiler_bug;
  }
}
