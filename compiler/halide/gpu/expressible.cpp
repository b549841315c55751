#include "compiler/halide/gpu/expressible.h"

#include <bit>
#include <map>

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

  /// Halide numbers names of its own through all that a process compiles, and sources hold them.
  std::string renamed(const std::string& name) {
    const bool numbered =
        name.size() > 1 && name[0] == 't' && name.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!numbered) return name;
    return names_.emplace(name, "v" + std::to_string(names_.size())).first->second;
  }
  Halide::Expr visit(const ir::Variable* variable) override {
    const std::string name = renamed(variable->name);
    return name == variable->name ? Halide::Expr(variable) : ir::Variable::make(variable->type, name);
  }
  Halide::Expr visit(const ir::Let* let) override {
    const Halide::Expr value = mutate(let->value);
    return ir::Let::make(renamed(let->name), value, mutate(let->body));
  }
  /// Whether something is used may depend on numbers that only the device can read: then it is computed.
  ir::Stmt visit(const ir::LetStmt* let) override {
    const bool used = !on_device_ && let->name.ends_with(used_ending);
    const Halide::Expr value = used ? ir::const_true() : mutate(let->value);
    return ir::LetStmt::make(renamed(let->name), value, mutate(let->body));
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
  std::map<std::string, std::string> names_;
};

}  // namespace

void make_expressible(Halide::Pipeline& pipeline) { pipeline.add_custom_lowering_pass(new Expressible()); }

}  // namespace dnnc
