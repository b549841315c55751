#pragma once
#include "compiler/codegen/codegen.h"

namespace dnnc {

/// The code generator, loaded at the first call from ../lib beside the folder of this program. Throws runtime::Failure where the
/// library is missing or does not load, as in a copy of the program alone.
const CodeGenerator& code_generator();

}  // namespace dnnc
