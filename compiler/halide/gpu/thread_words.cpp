#include "compiler/halide/gpu/thread_words.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace dnnc {
namespace {

namespace ir = Halide::Internal;

int64_t words_of(const Halide::Type& type) { return (type.bytes() + 3) / 4; }

/// What an expression needs where the parts that need most are computed first, and the others while those are kept.
class Need : public ir::IRGraphVisitor {
 public:
  int64_t of(const Halide::Expr& expression) {
    const std::vector<Part> outer = std::exchange(parts_, {});
    expression.accept(this);
    std::vector<Part> parts = std::exchange(parts_, outer);
    std::ranges::sort(parts, [](const Part& a, const Part& b) { return a.needs - a.words > b.needs - b.words; });
    int64_t most = words_of(expression.type()), kept = 0;
    for (const Part& part : parts) {
      most = std::max(most, kept + part.needs);
      kept += part.words;
    }
    return std::max(most, kept);
  }

 protected:
  void include(const Halide::Expr& part) override { parts_.push_back({of(part), words_of(part.type())}); }

 private:
  struct Part {
    int64_t needs, words;
  };
  std::vector<Part> parts_;
};

/// How often the same is loaded in a body, but for the loops in it.
class Loads : public ir::IRVisitor {
 public:
  std::map<Halide::Expr, int, ir::IRDeepCompare> times;
  using ir::IRVisitor::visit;
  void visit(const ir::Load* load) override {
    ++times[load];
    ir::IRVisitor::visit(load);
  }
  void visit(const ir::For*) override {}
};

class Words : public ir::IRVisitor {
 public:
  int64_t most = 0;

  using ir::IRVisitor::visit;
  void visit(const ir::Allocate* array) override {
    arrays_.insert(array->name);
    keep(array->constant_allocation_size() * words_of(array->type), array->body);
  }
  void visit(const ir::LetStmt* let) override {
    see(let->value);
    keep(words_of(let->value.type()), let->body);
  }
  void visit(const ir::For* loop) override {
    see(loop->extent);
    Loads loads;
    loop->body.accept(&loads);
    int64_t words = 1;
    for (const auto& [load, times] : loads.times)
      if (times > 1 && !arrays_.contains(load.as<ir::Load>()->name)) words += words_of(load.type());
    keep(words, loop->body);
  }
  void visit(const ir::IfThenElse* choice) override {
    see(choice->condition);
    choice->then_case.accept(this);
    if (choice->else_case.defined()) choice->else_case.accept(this);
  }
  void visit(const ir::Store* store) override {
    see(store->value);
    see(store->index, words_of(store->value.type()));
  }
  void visit(const ir::Evaluate* evaluated) override { see(evaluated->value); }

 private:
  void see(const Halide::Expr& expression, int64_t waiting = 0) {
    most = std::max(most, kept_ + waiting + Need().of(expression));
  }
  void keep(int64_t words, const ir::Stmt& body) {
    kept_ += words;
    body.accept(this);
    kept_ -= words;
  }

  std::set<std::string> arrays_;
  int64_t kept_ = 0;
};

}  // namespace

int64_t thread_words(const ir::Stmt& statement) {
  Words words;
  statement.accept(&words);
  return words.most;
}

}  // namespace dnnc
