#include "compiler/halide/gpu/expressible.h"

#include <bit>

#include "compiler/support/check.h"

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

  /// Whether something is used may depend on numbers that only the device can read: then it is computed.
  ir::Stmt visit(const ir::LetStmt* let) override {
    if (!on_device_ && let->name.ends_with(".used"))
      return ir::LetStmt::make(let->name, ir::const_true(), mutate(let->body));
    return ir::IRMutator::visit(let);
  }
  ir::Stmt visit(const ir::For* loop) override {
    const bool before = on_device_;
    on_device_ = before || loop->for_type == ir::ForType::GPUBlock || loop->for_type == ir::ForType::GPUThread;
    ir::Stmt made = ir::IRMutator::visit(loop);
    on_device_ = before;
    return made;
  }
  Halide::Expr visit(const ir::Load* load) override {
    check(on_device_, "halide: the processor would read what lies on a device: " + load->name);
    return ir::IRMutator::visit(load);
  }

  bool on_device_ = false;
};

}  // namespace

void make_expressible(Halide::Pipeline& pipeline) { pipeline.add_custom_lowering_pass(new Expressible()); }

}  // namespace dnnc
