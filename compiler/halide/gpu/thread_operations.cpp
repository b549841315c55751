#include "compiler/halide/gpu/thread_operations.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace dnnc {
namespace {

namespace ir = Halide::Internal;

/// A function that is none of the device's instructions is made of about so many.
constexpr double operations_of_function = 10;

bool is_product(const Halide::Expr& number) {
  const auto* call = number.as<ir::Call>();
  return number.as<ir::Mul>() || (call && call->is_intrinsic(ir::Call::strict_mul));
}

class Operations : public ir::IRVisitor {
 public:
  /// `own`: memory of the thread, which lies in its registers.
  explicit Operations(std::set<std::string> own = {}) : own_(std::move(own)) {}
  double count = 0;

  using ir::IRVisitor::visit;
  void visit(const ir::Load* load) override {
    if (!own_.contains(load->name) && loaded_.insert(load).second) ++count;
    ir::IRVisitor::visit(load);
  }
  void visit(const ir::Store* store) override {
    if (!own_.contains(store->name)) ++count;
    ir::IRVisitor::visit(store);
  }
  void visit(const ir::Allocate* array) override {
    own_.insert(array->name);
    ir::IRVisitor::visit(array);
  }
  void visit(const ir::Add* sum) override { of_sum(sum); }
  void visit(const ir::Sub* sum) override { of_sum(sum); }
  void visit(const ir::Mul* product) override { of_number(product); }
  void visit(const ir::Div* quotient) override { of_number(quotient); }
  void visit(const ir::Min* least) override { of_number(least); }
  void visit(const ir::Max* most) override { of_number(most); }
  void visit(const ir::Call* call) override {
    const bool is_sum = call->is_intrinsic({ir::Call::strict_add, ir::Call::strict_sub});
    const bool takes_product = is_sum && std::ranges::any_of(call->args, is_product);
    if (call->type.is_float() && !takes_product) count += call->is_extern() ? operations_of_function : 1;
    ir::IRVisitor::visit(call);
  }
  void visit(const ir::For* loop) override {
    const Halide::Expr bound = ir::find_constant_bound(loop->extent, ir::Direction::Upper);
    const auto trips = bound.defined() ? ir::as_const_int(bound) : std::nullopt;
    count += static_cast<double>(trips.value_or(1)) * of(loop->body);
  }
  void visit(const ir::IfThenElse* choice) override {
    choice->condition.accept(this);
    count += std::max(of(choice->then_case), choice->else_case.defined() ? of(choice->else_case) : 0);
  }

 private:
  double of(const ir::Stmt& statement) const {
    Operations inside(own_);
    statement.accept(&inside);
    return inside.count;
  }
  template <class Node>
  void of_number(const Node* node) {
    if (node->type.is_float()) ++count;
    ir::IRVisitor::visit(node);
  }
  template <class Node>
  void of_sum(const Node* node) {
    of_number(node);
    if (node->type.is_float() && (is_product(node->a) || is_product(node->b))) --count;
  }

  std::set<std::string> own_;
  std::set<Halide::Expr, ir::IRDeepCompare> loaded_;
};

}  // namespace

double thread_operations(const ir::Stmt& statement) {
  Operations operations;
  statement.accept(&operations);
  return operations.count;
}

}  // namespace dnnc
