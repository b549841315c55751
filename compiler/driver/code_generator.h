#pragma once
#include <string>

#include "compiler/codegen/codegen.h"

namespace dnnc {

/// The library that holds the code generator: in ../lib beside the folder of this program.
std::string code_generator_file();
/// Counts it as read, loaded or not: nothing is written over it.
void note_code_generator();

/// The code generator, loaded at the first call. Throws runtime::Failure where the library is missing or does not load, as in a
/// copy of the program alone, and where there is no memory for it.
const CodeGenerator& code_generator();

/// How many threads may compile of so many that are wanted: as many as `ulimit -v` leaves room for.
int threads_to_compile(int wanted);

}  // namespace dnnc
