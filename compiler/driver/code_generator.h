#pragma once
#include "compiler/codegen/codegen.h"

namespace dnnc {

/// The code generator, loaded at the first call from ../lib beside the folder of this program. A library that is missing
/// or does not load is a fault of the installation: InternalError.
const CodeGenerator& code_generator();

}  // namespace dnnc
