#pragma once
#include "compiler/codegen/codegen.h"

namespace dnnc {

/// The code generator, loaded at the first call from ../lib beside the folder of this program. Throws runtime::Failure where the
/// library is missing or does not load, as in a copy of the program alone, and where there is no memory for it.
const CodeGenerator& code_generator();

/// How many threads may compile of so many that are wanted: as many as `ulimit -v` leaves room for.
int threads_to_compile(int wanted);

}  // namespace dnnc
