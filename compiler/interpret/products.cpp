#include "compiler/interpret/products.h"

namespace dnnc {

std::optional<ProductCode> product_of(const BodyCode& code) {
  const auto* product = std::get_if<CallCode>(&code.instructions.back());
  if (!product || product->function != Function::Multiply) return std::nullopt;
  const auto load = [&](size_t argument) {
    return std::get_if<LoadCode>(&code.instructions[product->arguments[argument]]);
  };
  ProductCode result{load(0), load(1)};
  const auto read = [&](const LoadCode* load, double& outside) {
    if (!load || !load->even) return false;
    if (load->checked.empty()) return true;
    const auto* number = std::get_if<NumberCode>(&code.instructions[load->outside]);
    if (number) outside = number->value;
    return number != nullptr;
  };
  const bool plain = read(result.a, result.outside_a) && read(result.b, result.outside_b);
  return plain ? std::optional(result) : std::nullopt;
}

}  // namespace dnnc
