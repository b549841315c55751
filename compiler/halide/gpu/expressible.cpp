#include "compiler/halide/gpu/expressible.h"

#include <bit>

namespace dnnc {
namespace {

namespace ir = Halide::Internal;

class Expressible : public ir::IRMutator {
  using ir::IRMutator::visit;

  Halide::Expr visit(const ir::FloatImm* constant) override {
    if (constant->type.bits() != 64 || static_cast<float>(constant->value) == constant->value) return constant;
    const Halide::Expr bits = ir::UIntImm::make(Halide::UInt(64), std::bit_cast<uint64_t>(constant->value));
    return ir::Reinterpret::make(constant->type, bits);
  }
  Halide::Expr visit(const ir::Call* call) override {
    if (call->is_intrinsic(ir::Call::return_second)) return mutate(call->args[1]);
    return ir::IRMutator::visit(call);
  }
};

}  // namespace

void make_expressible(Halide::Pipeline& pipeline) { pipeline.add_custom_lowering_pass(new Expressible()); }

}  // namespace dnnc
