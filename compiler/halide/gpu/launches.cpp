#include "compiler/halide/gpu/launches.h"

#include <algorithm>

#include "compiler/halide/gpu/expressible.h"

namespace dnnc {
namespace {

namespace ir = Halide::Internal;
using ir::Stmt;

/// One group does this many after each other in little more than the time that it takes to launch something.
constexpr int64_t most_groups_of_small = 8;

class Uses : public ir::IRVisitor {
 public:
  explicit Uses(Launch& launch) : launch_(launch) {}
  using ir::IRVisitor::visit;
  void visit(const ir::Load* load) override {
    if (!own_.contains(load->name)) launch_.reads.insert(load->name);
    ir::IRVisitor::visit(load);
  }
  void visit(const ir::Store* store) override {
    if (!own_.contains(store->name)) launch_.writes.insert(store->name);
    ir::IRVisitor::visit(store);
  }
  void visit(const ir::Allocate* allocation) override {
    own_.insert(allocation->name);
    ir::IRVisitor::visit(allocation);
  }

 private:
  Launch& launch_;
  std::set<std::string> own_;
};

/// What stands between the loop over groups and that over threads is done by each thread.
Stmt with_lets(const std::vector<const ir::LetStmt*>& lets, Stmt body) {
  for (auto let = lets.rbegin(); let != lets.rend(); ++let) body = ir::LetStmt::make((*let)->name, (*let)->value, body);
  return body;
}

std::optional<Launch> launch_of(const ir::For& groups) {
  std::vector<const ir::LetStmt*> lets;
  Stmt inside = groups.body;
  for (const ir::LetStmt* let = inside.as<ir::LetStmt>(); let; let = inside.as<ir::LetStmt>()) {
    lets.push_back(let);
    inside = let->body;
  }
  const ir::For* threads = inside.as<ir::For>();
  if (!threads || threads->for_type != ir::ForType::GPUThread) return std::nullopt;
  const auto count = ir::as_const_int(threads->extent);
  if (!count || !ir::is_const_zero(threads->min) || !ir::is_const_zero(groups.min)) return std::nullopt;
  Launch launch{
      groups.name, threads->name, groups.extent, *count, groups.device_api, with_lets(lets, threads->body), {}, {}};
  Uses uses(launch);
  launch.body.accept(&uses);
  return launch;
}

/// The buffer that a call of the runtime is about: the name of its first argument, without what tells the description of a
/// buffer from its elements.
std::string buffer_of(const ir::Call& call) {
  Halide::Expr about = call.args.at(0);
  while (const ir::Cast* cast = about.as<ir::Cast>()) about = cast->value;
  while (const ir::Reinterpret* cast = about.as<ir::Reinterpret>()) about = cast->value;
  const ir::Variable* variable = about.as<ir::Variable>();
  if (!variable || !variable->name.ends_with(description_ending)) return "";
  return variable->name.substr(0, variable->name.size() - description_ending.size());
}

/// Whether something is used: make_expressible has made that true.
bool is_used(const Halide::Expr& condition) {
  if (const auto* both = condition.as<ir::And>()) return is_used(both->a) && is_used(both->b);
  const auto* variable = condition.as<ir::Variable>();
  return ir::is_const_one(condition) || (variable && variable->name.ends_with(used_ending));
}

class Pieces {
 public:
  /// False if there is something that cannot be moved.
  bool take(const Stmt& statement) {
    if (const auto* block = statement.as<ir::Block>()) return take(block->first) && take(block->rest);
    if (const auto* made = statement.as<ir::ProducerConsumer>()) return take(made->body);
    if (const auto* let = statement.as<ir::LetStmt>()) return around(statement, let->body);
    if (const auto* allocation = statement.as<ir::Allocate>()) return around(statement, allocation->body);
    if (const auto* freed = statement.as<ir::Free>()) return list.behind.push_back({freed->name, statement}), true;
    if (const auto* evaluated = statement.as<ir::Evaluate>()) return take(*evaluated, statement);
    if (const auto* choice = statement.as<ir::IfThenElse>())
      return is_used(choice->condition) && !choice->else_case.defined() && take(choice->then_case);
    const auto* loop = statement.as<ir::For>();
    if (!loop || loop->for_type != ir::ForType::GPUBlock) return false;
    std::optional<Launch> launch = launch_of(*loop);
    if (launch) list.launches.push_back(std::move(*launch));
    return launch.has_value();
  }

  LaunchList list;

 private:
  bool around(const Stmt& statement, const Stmt& body) {
    list.around.push_back(statement);
    return take(body);
  }

  bool take(const ir::Evaluate& evaluated, const Stmt& statement) {
    const auto* call = evaluated.value.as<ir::Call>();
    if (!call) return ir::is_const(evaluated.value);
    if (call->is_intrinsic(ir::Call::register_destructor)) return list.around.push_back(statement), true;
    const std::string buffer = buffer_of(*call);
    const auto once = [&](std::vector<LaunchList::Named>& into) {
      if (seen_.emplace(call->name, buffer).second) into.push_back({buffer, statement});
      return true;
    };
    if (call->name == "halide_device_malloc" || call->name == "halide_copy_to_device") return once(list.before);
    if (call->name == "halide_device_free" || call->name == ir::Call::buffer_set_device_dirty) return once(list.behind);
    return false;
  }

  std::set<std::pair<std::string, std::string>> seen_;
};

Stmt loops_of(const Launch& launch) {
  using ir::For;
  const Stmt threads = For::make(launch.thread, 0, static_cast<int>(launch.threads), ir::ForType::GPUThread,
                                 Halide::Partition::Auto, launch.api, launch.body);
  return For::make(launch.group, 0, launch.groups, ir::ForType::GPUBlock, Halide::Partition::Auto, launch.api, threads);
}

/// A call that fails ends the kernel. Halide's own statements assert nothing (compile.cpp), and a launch whose memory is not there
/// would read from nowhere.
Stmt checked(const LaunchList::Named& named) {
  const Halide::Expr call = named.statement.as<ir::Evaluate>()->value;
  const std::string result = ir::unique_name(named.buffer + ".result");
  const Halide::Expr told = ir::Variable::make(call.type(), result);
  return ir::LetStmt::make(result, call, ir::AssertStmt::make(told == 0, told));
}

Stmt put_around(const Stmt& outer, const Stmt& inner) {
  if (const auto* let = outer.as<ir::LetStmt>()) return ir::LetStmt::make(let->name, let->value, inner);
  if (const auto* a = outer.as<ir::Allocate>())
    return ir::Allocate::make(a->name, a->type, a->memory_type, a->extents, a->condition, inner, a->new_expr,
                              a->free_function, a->padding);
  return ir::Block::make(outer, inner);
}

}  // namespace

double Launch::threads_in_all() const {
  return static_cast<double>(threads) * static_cast<double>(ir::as_const_int(groups).value_or(1));
}

bool Launch::is_small() const {
  const auto count = ir::as_const_int(groups);
  return count && *count <= most_groups_of_small;
}

std::optional<LaunchList> launches_of(const Stmt& statement) {
  Pieces pieces;
  if (!pieces.take(statement)) return std::nullopt;
  return std::move(pieces.list);
}

Stmt statement_of(const LaunchList& list) {
  std::vector<Stmt> all;
  std::vector<bool> done(list.before.size(), false);
  const auto uses = [](const Launch& launch, const std::string& buffer) {
    return launch.reads.contains(buffer) || launch.writes.contains(buffer);
  };
  const auto used_behind = [&](size_t place, const std::string& buffer) {
    return std::any_of(list.launches.begin() + static_cast<std::ptrdiff_t>(place) + 1, list.launches.end(),
                       [&](const Launch& later) { return uses(later, buffer); });
  };
  for (size_t place = 0; place < list.launches.size(); ++place) {
    const Launch& launch = list.launches[place];
    for (size_t k = 0; k < list.before.size(); ++k)
      if (!done[k] && uses(launch, list.before[k].buffer)) all.push_back(checked(list.before[k])), done[k] = true;
    all.push_back(loops_of(launch));
    for (const LaunchList::Named& end : list.behind)
      if (uses(launch, end.buffer) && !used_behind(place, end.buffer)) all.push_back(end.statement);
  }
  Stmt whole = ir::Block::make(all);
  for (auto outer = list.around.rbegin(); outer != list.around.rend(); ++outer) whole = put_around(*outer, whole);
  return whole;
}

}  // namespace dnnc
