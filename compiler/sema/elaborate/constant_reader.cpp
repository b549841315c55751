#include "compiler/sema/elaborate/constant_reader.h"

#include "compiler/sema/elaborate/elaborate.h"

namespace dnnc {

CallReader constant_reader(const Program& program, Diagnostics& diagnostics) {
  return {diagnostics, [&](const ast::Ptr& formula) -> std::optional<double> {
            std::optional<Number> number = evaluate_constant(program, {}, formula, diagnostics);
            return number ? std::optional(value_of(*number)) : std::nullopt;
          }};
}

}  // namespace dnnc
