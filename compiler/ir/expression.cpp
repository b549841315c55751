#include "compiler/ir/expression.h"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <unordered_set>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

Expr make(Expression expression) { return std::make_shared<const Expression>(std::move(expression)); }

bool same_number(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

bool same_subscript(const Subscript& a, const Subscript& b) {
  if (a.index() != b.index()) return false;
  if (const auto* affine = std::get_if<Affine>(&a)) return *affine == std::get<Affine>(b);
  return same(std::get<Gather>(a).value, std::get<Gather>(b).value);
}

template <class T, class Same>
bool all_same(const std::vector<T>& a, const std::vector<T>& b, Same same_item) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_item);
}

bool same_draw(const Draw& a, const Draw& b) {
  return a.distribution == b.distribution && same_number(a.a, b.a) && same_number(a.b, b.b) && a.stream == b.stream &&
         a.example == b.example && a.element == b.element &&
         std::ranges::all_of(draw_settings, [&](auto setting) { return a.*setting == b.*setting; });
}

bool same_kind(const Expression& a, const Expression& b) {
  return std::visit(
      match{[&](const Constant& x) { return same_number(x.value, std::get<Constant>(b.kind).value); },
            [&](const IndexValue& x) { return x.value == std::get<IndexValue>(b.kind).value; },
            [&](const Load& x) {
              const Load& y = std::get<Load>(b.kind);
              return x.source == y.source && all_same(x.at, y.at, same_subscript) && same(x.outside, y.outside);
            },
            [&](const Call& x) {
              const Call& y = std::get<Call>(b.kind);
              return x.function == y.function && all_same(x.arguments, y.arguments, same);
            },
            [&](const Overridden& x) {
              const Overridden& y = std::get<Overridden>(b.kind);
              return same(x.value, y.value) && same(x.argument, y.argument) && same(x.derivative, y.derivative);
            },
            [&](const Draw& x) { return same_draw(x, std::get<Draw>(b.kind)); }},
      a.kind);
}

/// The expressions directly inside, in the order of the text.
std::vector<Expr> children(const Expression& expression) {
  std::vector<Expr> result;
  auto load_children = [&](const Load& load) {
    for (const Subscript& subscript : load.at)
      if (const auto* gather = std::get_if<Gather>(&subscript)) result.push_back(gather->value);
    if (load.outside) result.push_back(load.outside);
  };
  std::visit(match{[](const Constant&) {}, [](const IndexValue&) {}, load_children,
                   [&](const Call& call) { result = call.arguments; },
                   [&](const Overridden& o) { result = {o.value, o.argument, o.derivative}; }, [](const Draw&) {}},
             expression.kind);
  return result;
}

/// The same expression around other children, given in the order of children().
Expr with_children(const Expression& expression, std::vector<Expr> inner) {
  Expression result = expression;
  size_t next = 0;
  auto replace_in_load = [&](Load& load) {
    for (Subscript& subscript : load.at)
      if (auto* gather = std::get_if<Gather>(&subscript)) gather->value = inner[next++];
    if (load.outside) load.outside = inner[next++];
  };
  std::visit(match{[](Constant&) {}, [](IndexValue&) {}, replace_in_load,
                   [&](Call& call) { call.arguments = std::move(inner); },
                   [&](Overridden& o) { o = Overridden{inner[0], inner[1], inner[2]}; }, [](Draw&) {}},
             result.kind);
  return make(std::move(result));
}

uint64_t mixed(uint64_t hash, uint64_t value) {
  return (hash ^ (value + 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9 ^ hash >> 29;
}

uint64_t mixed(uint64_t hash, const Affine& affine) {
  hash = mixed(hash, static_cast<uint64_t>(affine.offset));
  for (const Term& term : affine.terms)
    for (int64_t number : {int64_t{term.index}, term.coefficient, term.divisor, term.modulus})
      hash = mixed(hash, static_cast<uint64_t>(number));
  return hash;
}

/// Of what an expression holds besides its children.
uint64_t own_hash(const Expression& expression) {
  uint64_t hash = expression.kind.index();
  std::visit(match{[&](const Constant& constant) { hash = mixed(hash, std::bit_cast<uint64_t>(constant.value)); },
                   [&](const IndexValue& index) { hash = mixed(hash, index.value); },
                   [&](const Load& load) {
                     hash = mixed(hash, load.source.value);
                     for (const Subscript& subscript : load.at)
                       if (const auto* affine = std::get_if<Affine>(&subscript)) hash = mixed(hash, *affine);
                   },
                   [&](const Call& call) { hash = mixed(hash, static_cast<uint64_t>(call.function)); },
                   [](const Overridden&) {},
                   [&](const Draw& draw) {
                     const NodeId* node = std::get_if<NodeId>(&draw.stream);
                     hash = mixed(hash, node ? node->value : std::get<uint64_t>(draw.stream));
                     hash = mixed(mixed(hash, draw.element), draw.example);
                   }},
             expression.kind);
  return hash;
}

class Hasher {
 public:
  uint64_t run(const Expr& root) {
    auto known = done_.find(root.get());
    if (known != done_.end()) return known->second;
    uint64_t hash = own_hash(*root);
    for (const Expr& child : children(*root)) hash = mixed(hash, run(child));
    return done_.emplace(root.get(), hash).first->second;
  }

 private:
  std::unordered_map<const Expression*, uint64_t> done_;
};

class Visitor {
 public:
  explicit Visitor(const std::function<void(const Expression&)>& visit) : visit_(visit) {}
  void run(const Expr& root) {
    if (!seen_.insert(root.get()).second) return;
    for (const Expr& child : children(*root)) run(child);
    visit_(*root);
  }

 private:
  const std::function<void(const Expression&)>& visit_;
  std::unordered_set<const Expression*> seen_;
};

class Rewriter {
 public:
  explicit Rewriter(const std::function<Expr(const Expr&)>& change) : change_(change) {}
  Expr run(const Expr& root) {
    auto known = done_.find(root.get());
    if (known != done_.end()) return known->second;
    std::vector<Expr> before = children(*root), after;
    for (const Expr& child : before) after.push_back(run(child));
    Expr result = change_(before == after ? root : with_children(*root, std::move(after)));
    return done_.emplace(root.get(), std::move(result)).first->second;
  }

 private:
  const std::function<Expr(const Expr&)>& change_;
  std::unordered_map<const Expression*, Expr> done_;
};

/// One expression with its own affine forms composed with `replacement`; `failed` is set if one is not affine.
class Substitution {
 public:
  Substitution(const std::vector<Affine>& replacement, const std::vector<int64_t>& extents)
      : replacement_(replacement), extents_(extents) {}
  bool failed = false;

  Expr change(const Expr& expression) {
    return std::visit(match{[&](const IndexValue& index) { return index_value(composed(index.value)); },
                            [&](const Load& old) {
                              Load load = old;
                              for (Subscript& subscript : load.at)
                                if (auto* affine = std::get_if<Affine>(&subscript)) *affine = composed(*affine);
                              return make({std::move(load)});
                            },
                            [&](const Draw& old) {
                              Draw changed = old;
                              changed.example = composed(old.example);
                              changed.element = composed(old.element);
                              return draw(std::move(changed));
                            },
                            [&](const auto&) { return expression; }},
                      expression->kind);
  }

 private:
  Affine composed(const Affine& affine) {
    std::optional<Affine> result = compose(affine, replacement_, extents_);
    failed = failed || !result;
    return result.value_or(affine);
  }
  const std::vector<Affine>& replacement_;
  const std::vector<int64_t>& extents_;
};

Expr binary(Function function, Expr a, Expr b) { return call(function, {std::move(a), std::move(b)}); }

}  // namespace

Expr constant(double value) { return make({Constant{value}}); }
Expr index_value(Affine value) { return make({IndexValue{std::move(value)}}); }
Expr index_value(uint32_t index) { return index_value(affine(index)); }

Expr load(NodeId source, std::vector<Subscript> at, Expr outside) {
  check(source.valid(), "ir: a load without a source");
  return make({Load{source, std::move(at), std::move(outside)}});
}

Expr call(Function function, std::vector<Expr> arguments) {
  check(arguments.size() == static_cast<size_t>(info(function).arity),
        std::string("ir: wrong number of arguments for ") + info(function).name);
  for (const Expr& argument : arguments) check(argument != nullptr, "ir: an argument is missing");
  return make({Call{function, std::move(arguments)}});
}

Expr overridden(Expr value, Expr argument, Expr derivative) {
  check(value && argument && derivative, "ir: a part of an overridden derivative is missing");
  return make({Overridden{std::move(value), std::move(argument), std::move(derivative)}});
}

Expr draw(Draw draw) { return make({std::move(draw)}); }

Expr operator+(Expr a, Expr b) { return binary(Function::Add, std::move(a), std::move(b)); }
Expr operator-(Expr a, Expr b) { return binary(Function::Subtract, std::move(a), std::move(b)); }
Expr operator*(Expr a, Expr b) { return binary(Function::Multiply, std::move(a), std::move(b)); }
Expr operator/(Expr a, Expr b) { return binary(Function::Divide, std::move(a), std::move(b)); }
Expr operator-(Expr a) { return call(Function::Negate, {std::move(a)}); }

const Call* call_of(const Expr& expression, Function function) {
  const auto* found = std::get_if<Call>(&expression->kind);
  return found && found->function == function ? found : nullptr;
}

bool is_number(const Expr& expression, double value) {
  const auto* found = std::get_if<Constant>(&expression->kind);
  return found && found->value == value;
}

bool same(const Expr& a, const Expr& b) {
  if (a == b) return true;
  if (!a || !b) return false;
  return a->kind.index() == b->kind.index() && same_kind(*a, *b);
}

uint64_t hash_of(const Expr& root) { return root ? Hasher().run(root) : 0; }

void for_each(const Expr& root, const std::function<void(const Expression&)>& visit) {
  if (root) Visitor(visit).run(root);
}

Expr rewrite(const Expr& root, const std::function<Expr(const Expr&)>& change) {
  return root ? Rewriter(change).run(root) : nullptr;
}

std::optional<Expr> try_substitute(const Expr& root, const std::vector<Affine>& replacement,
                                   const std::vector<int64_t>& extents) {
  Substitution substitution(replacement, extents);
  Expr result = rewrite(root, [&](const Expr& expression) { return substitution.change(expression); });
  if (substitution.failed) return std::nullopt;
  return result;
}

Expr substitute(const Expr& root, const std::vector<Affine>& replacement, const std::vector<int64_t>& extents) {
  std::optional<Expr> result = try_substitute(root, replacement, extents);
  check(result.has_value(), "ir: a substituted index is divided, and the quotient is not affine");
  return *result;
}

std::set<uint32_t> indices_of(const Expr& root) {
  std::set<uint32_t> result;
  auto in_affine = [&](const Affine& affine) {
    for (const Term& term : affine.terms) result.insert(term.index);
  };
  for_each(root, [&](const Expression& e) {
    if (const auto* index = std::get_if<IndexValue>(&e.kind)) in_affine(index->value);
    if (const auto* draw = std::get_if<Draw>(&e.kind)) {
      in_affine(draw->example);
      in_affine(draw->element);
    }
    if (const auto* read = std::get_if<Load>(&e.kind))
      for (const Subscript& at : read->at)
        if (const auto* affine = std::get_if<Affine>(&at)) in_affine(*affine);
  });
  return result;
}

Expr rename_nodes(const Expr& root, const std::function<NodeId(NodeId)>& change) {
  return rewrite(root, [&](const Expr& expression) -> Expr {
    if (const auto* load = std::get_if<Load>(&expression->kind)) {
      NodeId source = change(load->source);
      return source == load->source ? expression : make({Load{source, load->at, load->outside}});
    }
    if (const auto* old = std::get_if<Draw>(&expression->kind)) {
      Draw renamed = *old;
      for (const auto setting : draw_settings)
        if ((old->*setting).valid()) renamed.*setting = change(old->*setting);
      if (const auto* node = std::get_if<NodeId>(&old->stream)) renamed.stream = change(*node);
      return same_draw(renamed, *old) ? expression : draw(std::move(renamed));
    }
    return expression;
  });
}

}  // namespace dnnc
