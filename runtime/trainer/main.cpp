#include <cstdio>
#include <cstdlib>
#include <exception>

#include "runtime/program/program.h"
#include "runtime/run/command.h"

/// What ends a program that throws where nothing catches. That of the C++ library spells the type of what is thrown, and the
/// reader of such names would be 45 KB of every trainer.
void __gnu_cxx::__verbose_terminate_handler() {
  try {
    if (std::current_exception()) throw;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "a bug of the compiler, not of your program: %s\n", fault.what());
  } catch (...) {
  }
  std::abort();
}

// Of the program that the compiler made and the linker put beside this file.
int main(int argc, char** argv) { return dnnc::runtime::trainer_main(dnnc_generated, argc, argv); }
