#include "compiler/sema/elaborate/constant_reader.h"

#include "compiler/sema/elaborate/elaborate.h"

namespace dnnc {

CallReader constant_reader(const Program& program, Diagnostics& diagnostics) {
  const auto text_of = [&](const std::string& name) -> std::optional<std::string> {
    const ConstantEntry* constant = find_constant(program.main(), name);
    const auto* text = constant ? std::get_if<Text>(&constant->value) : nullptr;
    return text ? std::optional(text->text) : std::nullopt;
  };
  return {diagnostics, [&](const ast::Ptr& formula) { return evaluate_constant(program, {}, formula, diagnostics); },
          text_of};
}

}  // namespace dnnc
