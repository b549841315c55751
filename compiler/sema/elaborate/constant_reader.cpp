#include "compiler/sema/elaborate/constant_reader.h"

#include "compiler/sema/elaborate/elaborate.h"

namespace dnnc {

CallReader constant_reader(const Program& program, Diagnostics& diagnostics) {
  return {diagnostics, [&](const ast::Ptr& formula) { return evaluate_constant(program, {}, formula, diagnostics); }};
}

}  // namespace dnnc
