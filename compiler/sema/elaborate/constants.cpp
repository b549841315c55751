#include "compiler/sema/elaborate/constants.h"

#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/definition_text.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/nearest.h"

namespace dnnc {
namespace {

/// Evaluates constants after those that they read, through definitions too. Without recursion: a text may have a chain
/// of any length.
class ConstantEvaluator {
 public:
  ConstantEvaluator(Program& program, Diagnostics& diagnostics) : program_(program), diagnostics_(diagnostics) {
    for (const auto& module : program_.modules)
      for (auto& [name, entry] : module->constants) owners_[&entry] = {module.get(), &entry};
  }

  void settle(Module& module, const std::string& name) {
    std::vector<Open> stack;
    open(stack, &module.constants.at(name));
    while (!stack.empty()) {
      Open& top = stack.back();
      if (top.next < top.needs.size()) {
        open(stack, top.needs[top.next++]);
        continue;
      }
      ConstantEntry& entry = *owners_.at(top.entry).entry;
      entry.value = evaluate_constant_of(*owners_.at(top.entry).module, entry);
      done_.insert(top.entry);
      stack.pop_back();
    }
  }

  void set(ConstantEntry& entry, Value value) {
    entry.value = std::move(value);
    done_.insert(&entry);
  }

 private:
  struct Owner {
    const Module* module;
    ConstantEntry* entry;
  };
  /// A constant whose needs are being settled.
  struct Open {
    const ConstantEntry* entry;
    std::vector<const ConstantEntry*> needs;
    size_t next = 0;
  };

  void open(std::vector<Open>& stack, const ConstantEntry* entry) {
    if (done_.contains(entry)) return;
    if (!open_.insert(entry).second) {
      const ast::Word& name = entry->tree->name;
      diagnostics_.report(error("E0203", name.span, "the constant `" + name.text + "` is made of itself"));
      return;
    }
    stack.push_back({entry, needs_of(*owners_.at(entry).module, entry->tree->value), 0});
  }

  std::vector<const ConstantEntry*> needs_of(const Module& module, const ast::Ptr& formula) {
    std::vector<const ConstantEntry*> needs;
    std::vector<std::pair<const Module*, ast::Ptr>> pending = {{&module, formula}};
    while (!pending.empty()) {
      auto [seen_from, part] = pending.back();
      pending.pop_back();
      for (const std::string& name : names_in(part)) {
        if (const ConstantEntry* entry = find_constant(*seen_from, name)) needs.push_back(entry);
        const Definition* definition = find_definition(*seen_from, name);
        if (!definition || definition->module->library || !definitions_.insert(definition).second) continue;
        for (const ast::Statement& statement : definition->tree->body)
          for_each_formula(statement,
                           [&, from = definition->module](const ast::Ptr& inner) { pending.push_back({from, inner}); });
      }
    }
    return needs;
  }

  Value evaluate_constant_of(const Module& module, const ConstantEntry& entry) {
    Graph graph;
    Elaboration elaboration = begin_elaboration(program_, graph, diagnostics_, false, std::nullopt);
    Context context{elaboration, std::make_shared<Scope>(), ""};
    context.scope->module = &module;
    Value value = evaluate(context, entry.tree->value);
    bool fits = std::holds_alternative<Number>(value) || std::holds_alternative<SizeList>(value) ||
                std::holds_alternative<Text>(value) || std::holds_alternative<std::shared_ptr<const List>>(value);
    if (fits || is_poison(value)) return value;
    Diagnostic diagnostic = error("E0204", entry.tree->value->span, "a constant is a number, sizes, a text or a list");
    diagnostic.label = describe(elaboration, value);
    return fault(elaboration, std::move(diagnostic));
  }

  Program& program_;
  Diagnostics& diagnostics_;
  std::map<const ConstantEntry*, Owner> owners_;
  std::set<const ConstantEntry*> open_, done_;
  std::set<const Definition*> definitions_;
};

bool is_number_text(const std::string& text) {
  bool digit = false;
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    bool sign = (c == '-' || c == '+') && (at == 0 || text[at - 1] == 'e' || text[at - 1] == 'E');
    if (c >= '0' && c <= '9') digit = true;
    else if (!(sign || c == '.' || c == '_' || ((c == 'e' || c == 'E') && digit))) return false;
  }
  return digit && std::ranges::count(text, '.') < 2;
}

/// Whether a constant is written as a text.
bool is_text(const ConstantEntry& entry) {
  const auto* bracketed = std::get_if<ast::Bracketed>(&entry.tree->value->kind);
  return std::holds_alternative<ast::String>((bracketed ? bracketed->inner : entry.tree->value)->kind);
}

/// The value of `--set width=128`: a number, `97.5%`, `true`, `false`; of a constant that is a text any text.
std::optional<Value> set_value(const ConstantEntry& entry, std::string text) {
  if (is_text(entry)) return Text{text};
  if (text == keyword::yes || text == keyword::no) return whole(text == keyword::yes ? 1 : 0);
  bool percent = text.ends_with("%");
  if (percent) text.pop_back();
  std::optional<Number> number = is_number_text(text) ? number_of_text(text) : std::nullopt;
  if (number && percent) number = apply_operator(ast::BinaryOperator::Divide, *number, whole(100));
  return number ? std::optional<Value>(*number) : std::nullopt;
}

}  // namespace

void evaluate_constants(Program& program, const CheckOptions& options, Diagnostics& diagnostics) {
  ConstantEvaluator evaluator(program, diagnostics);
  for (const auto& [name, text] : options.constants) {
    const ConstantEntry* seen = find_constant(program.main(), name);
    ConstantEntry* own = nullptr;
    std::vector<std::string> known;
    for (const auto& module : program.modules)
      for (auto& [word, entry] : module->constants) {
        known.push_back(word);
        if (&entry == seen) own = &entry;
      }
    const std::optional<Value> value = own ? set_value(*own, text) : std::nullopt;
    if (value) {
      evaluator.set(*own, *value);
      continue;
    }
    Diagnostic diagnostic = error("E0222", {},
                                  own ? "`--set " + name + "=" + text + "` gives no number"
                                      : "`--set " + name + "=" + text + "`: the file has no constant `" + name + "`");
    if (std::optional<std::string> meant = own ? std::nullopt : runtime::nearest(name, known))
      diagnostic.help = "did you mean `" + *meant + "`?";
    diagnostics.report(std::move(diagnostic));
  }
  for (const auto& module : program.modules)
    for (const auto& [name, entry] : module->constants) evaluator.settle(*module, name);
}

}  // namespace dnnc
