#include <algorithm>

#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/definition_text.h"
#include "compiler/sema/names/program.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

/// What a kind of definition may hold besides formulas.
struct Rights {
  ast::DefinitionKind kind;
  bool parameters, states, shared, training, batch_mean, draws, derivative;
};

const Rights& rights_of(ast::DefinitionKind kind) {
  using Kind = ast::DefinitionKind;
  //                               param  state  shared training batch draws derivative
  static const Rights table[] = {{Kind::Function, false, false, false, false, false, true, true},
                                 {Kind::Activation, false, false, false, false, false, false, true},
                                 {Kind::Layer, true, true, true, true, true, true, false},
                                 {Kind::Net, true, true, true, true, true, true, false},
                                 {Kind::Loss, false, false, false, false, false, false, false},
                                 {Kind::Metric, false, false, false, false, true, false, false},
                                 {Kind::Optimizer, false, true, false, false, false, false, false}};
  return table[static_cast<size_t>(kind)];
}

class DefinitionChecker {
 public:
  DefinitionChecker(const Definition& definition, Diagnostics& diagnostics)
      : definition_(definition),
        tree_(*definition.tree),
        rights_(rights_of(definition.kind())),
        diagnostics_(diagnostics),
        sizes_(definition.sizes.begin(), definition.sizes.end()) {}

  void run() {
    for (const ast::Parameter& parameter : tree_.parameters) check_parameter(parameter);
    for (const ast::Statement& statement : tree_.body) {
      check_names(statement);
      check_rights(statement);
      for_each_formula(statement, [&](const ast::Ptr& formula) { check_formula(formula); });
    }
    check_results();
    if (tree_.derivative && (!rights_.derivative || !definition_.of_numbers || tree_.parameters.empty()))
      report("E0407", tree_.derivative->span, "`derivative` stands after a function or activation of numbers");
  }

 private:
  void report(std::string code, Span span, std::string message, std::string help = {}) {
    diagnostics_.report(error(std::move(code), span, std::move(message), std::move(help)));
  }

  /// One name has one meaning.
  void take(const ast::Word& name, const char* meaning) {
    auto [entry, fresh] = meanings_.try_emplace(name.text, Meaning{name.span, meaning});
    if (fresh) return;
    Diagnostic diagnostic = error("E0202", name.span, "`" + name.text + "` has a meaning already");
    diagnostic.label = meaning;
    diagnostic.labels.push_back({entry->second.span, std::string("here ") + entry->second.what});
    advise_reassignment(name, diagnostic);
    diagnostics_.report(std::move(diagnostic));
  }

  /// `m = 0` before `m = 0.9 * m + g`, `w = w - rate * g`: assigned again as in other languages.
  void advise_reassignment(const ast::Word& name, Diagnostic& diagnostic) const {
    const auto second = std::ranges::find_if(tree_.body, [&](const ast::Statement& statement) {
      const auto* bind = std::get_if<ast::BindStatement>(&statement.kind);
      const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind);
      return (bind && bind->names.size() == 1 && bind->names[0].span == name.span) ||
             (indexed && indexed->name.span == name.span);
    });
    if (second == tree_.body.end()) return;
    diagnostic.help = "a name is defined once: give this value another one";
    if (!rights_.states) return;
    const bool optimizer = definition_.kind() == ast::DefinitionKind::Optimizer;
    const auto* again = std::get_if<ast::BindStatement>(&second->kind);
    if (optimizer && again && name.text == tree_.parameters.front().name.text) {
      const ast::Ptr& value = again->value;
      const std::string text(diagnostics_.sources().text(value->span));
      diagnostic.help = "an optimizer's last statement is the new value: `" + text + "`";
      if (second + 1 == tree_.body.end()) diagnostic.replacement = {second->span, text};
      return;
    }
    const auto first = definition_.locals.find(name.text);
    if (first == definition_.locals.end()) return;
    const std::optional<std::string> start = number_given_to(tree_.body[first->second]);
    if (!start) return;
    const Span begin{name.span.source, tree_.body[first->second].span.begin, tree_.body[first->second].span.begin};
    const std::string type = optimizer ? "" : again ? ": f32" : ": f32[n]";
    diagnostic.help = "what is kept from step to step is a state: `state " + name.text + type + " = " + *start + "`";
    const bool whole = std::holds_alternative<ast::BindStatement>(tree_.body[first->second].kind);
    if (optimizer && whole) diagnostic.replacement = {begin, "state "};
  }

  /// `0` of `m = 0` and of `m[i] = 0 for i in n`
  std::optional<std::string> number_given_to(const ast::Statement& statement) const {
    const auto* bind = std::get_if<ast::BindStatement>(&statement.kind);
    const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind);
    if (bind && bind->names.size() != 1) return std::nullopt;
    const ast::Ptr value = bind ? bind->value : indexed ? indexed->value : nullptr;
    if (!value || !std::holds_alternative<ast::Number>(value->kind)) return std::nullopt;
    return std::string(diagnostics_.sources().text(value->span));
  }

  void check_parameter(const ast::Parameter& parameter) {
    const auto* array = parameter.type ? std::get_if<ast::ArrayType>(&parameter.type->kind) : nullptr;
    if (array)
      for (const auto* shape : {&array->shape, &array->second}) take_sizes(*shape);
    if (const auto* sizes = parameter.type ? std::get_if<ast::SizesType>(&parameter.type->kind) : nullptr)
      for (const ast::Word& word : sizes->sizes) take(word, "a size");
    take(parameter.name, "a parameter");
  }

  void take_sizes(const std::optional<std::vector<ast::Subscript>>& shape) {
    if (!shape) return;
    for (const ast::Subscript& size : *shape) {
      const auto* formula = std::get_if<ast::Ptr>(&size);
      const auto* name = formula ? std::get_if<ast::Name>(&(*formula)->kind) : nullptr;
      bool variable = name && sizes_.contains(name->text);
      if (variable) meanings_.try_emplace(name->text, Meaning{(*formula)->span, "a size"});
    }
  }

  void check_names(const ast::Statement& statement) {
    const auto* state = std::get_if<ast::StateStatement>(&statement.kind);
    const auto* param = std::get_if<ast::ParamStatement>(&statement.kind);
    // A `param` where none may stand is meant as a state, and may be assigned as one.
    const bool meant = param && !rights_.parameters && rights_.states;
    if (state || meant)
      for (const ast::Group& group : state ? state->groups : param->groups)
        for (const ast::Word& name : group.names) states_.insert(name.text);
    bool assigns = std::holds_alternative<ast::BindStatement>(statement.kind) ||
                   std::holds_alternative<ast::IndexedStatement>(statement.kind);
    bool stores = param && !meant;
    for (const ast::Word& name : names_defined_by(statement))
      if (!(assigns && states_.contains(name.text)))
        take(name, stores ? "a param" : states_.contains(name.text) ? "a state" : "a definition");
    if (const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind)) {
      for (const ast::Word& index : indexed->indices) check_index(index);
      for (const ast::Binder& binder : indexed->binders) check_index(binder.index);
    }
  }

  /// An index stands where nothing else of that name is meant.
  void check_index(const ast::Word& index) {
    if (index.text == "..." || definition_.indices.contains(index.text)) return;
    if (!told_indices_.insert(index.text).second) return;
    Diagnostic diagnostic =
        error("E0202", index.span, "`" + index.text + "` cannot be an index, it has a meaning already");
    if (auto known = meanings_.find(index.text); known != meanings_.end())
      diagnostic.labels.push_back({known->second.span, std::string("here ") + known->second.what});
    else if (auto local = definition_.locals.find(index.text); local != definition_.locals.end())
      diagnostic.labels.push_back({tree_.body[local->second].span, "defined here"});
    diagnostic.help = "an index has a name that means nothing else";
    diagnostics_.report(std::move(diagnostic));
  }

  void check_rights(const ast::Statement& statement) {
    bool param = std::holds_alternative<ast::ParamStatement>(statement.kind);
    bool state = std::holds_alternative<ast::StateStatement>(statement.kind);
    bool shared = std::holds_alternative<ast::SharedStatement>(statement.kind);
    const char* word = param ? keyword::param : state ? keyword::state : keyword::shared;
    bool allowed = param ? rights_.parameters : state ? rights_.states : !shared || rights_.shared;
    if (allowed) return;
    Diagnostic diagnostic =
        error("E0401", statement.span, with_article(word_of(tree_.kind)) + " holds no `" + word + "`",
              state ? "a layer or an optimizer may" : "a layer may");
    if (param && rights_.states) {
      const Span written{statement.span.source, statement.span.begin,
                         statement.span.begin + static_cast<uint32_t>(std::string_view(word).size())};
      diagnostic.help = "what is kept from step to step is a state: write `state`";
      diagnostic.replacement = {written, keyword::state};
    }
    diagnostics_.report(std::move(diagnostic));
  }

  bool means_built_in(const std::string& name) const {
    return !meanings_.contains(name) && !definition_.locals.contains(name) && !definition_.indices.contains(name) &&
           !find_definition(*definition_.module, name) && !find_constant(*definition_.module, name);
  }

  void check_formula(const ast::Ptr& formula) {
    for_each_expression(formula, [&](const ast::Expression& part) {
      if (const auto* name = std::get_if<ast::Name>(&part.kind))
        if (name->text == training_word && !rights_.training && means_built_in(name->text))
          forbid(part.span, training_word);
      if (const auto* call = std::get_if<ast::Call>(&part.kind)) {
        for (const ast::Binder& binder : call->binders) check_index(binder.index);
        check_call(call->function);
      }
    });
  }

  void check_call(const ast::Word& callee) {
    const BuiltIn* row = means_built_in(callee.text) ? find_built_in(callee.text) : nullptr;
    if (!row) return;
    if (row->kind == BuiltIn::Kind::BatchMean && !rights_.batch_mean) forbid(callee.span, callee.text);
    if (row->kind == BuiltIn::Kind::BatchSum && tree_.kind != ast::DefinitionKind::Metric)
      forbid(callee.span, callee.text);
    if (row->kind == BuiltIn::Kind::Draw && !rights_.draws) forbid(callee.span, callee.text);
  }

  void forbid(Span span, const std::string& what) {
    report("E0410", span, "`" + what + "` has no meaning in a " + std::string(word_of(tree_.kind)),
           what == batch_mean_word  ? "layers, nets and metrics may hold it"
           : what == batch_sum_word ? "metrics may hold it"
                                    : "layers and nets may hold it");
  }

  void check_results() {
    for (size_t place = 0; place + 1 < tree_.body.size(); ++place)
      if (std::holds_alternative<ast::ResultStatement>(tree_.body[place].kind))
        report("E0406", tree_.body[place].span, "this value is lost: the result is the last statement");
    bool gives = !tree_.body.empty() && !std::holds_alternative<ast::ParamStatement>(tree_.body.back().kind) &&
                 !std::holds_alternative<ast::StateStatement>(tree_.body.back().kind) &&
                 !std::holds_alternative<ast::SharedStatement>(tree_.body.back().kind) &&
                 !std::holds_alternative<ast::ExpectStatement>(tree_.body.back().kind);
    if (!gives)
      report("E0406", tree_.body.empty() ? tree_.name.span : tree_.body.back().span,
             "`" + tree_.name.text + "` gives no result", "its last statement must be a formula");
  }

  struct Meaning {
    Span span;
    const char* what;
  };

  const Definition& definition_;
  const ast::Definition& tree_;
  const Rights& rights_;
  Diagnostics& diagnostics_;
  std::map<std::string, Meaning> meanings_;
  std::set<std::string> sizes_, states_, told_indices_;
};

}  // namespace

std::string signature_of(const Definition& definition, const Sources& sources) {
  std::string text;
  for (const ast::Parameter& parameter : definition.tree->parameters) {
    const std::string shown(parameter.span.valid() ? sources.text(parameter.span) : "");
    text += (text.empty() ? "" : ", ") + (shown.empty() ? parameter.name.text : shown);
  }
  return definition.name() + "(" + text + ")";
}

bool may_hold_parameters(ast::DefinitionKind kind) { return rights_of(kind).parameters; }
bool may_hold_states(ast::DefinitionKind kind) { return rights_of(kind).states; }

void check_definition(const Definition& definition, Diagnostics& diagnostics) {
  DefinitionChecker(definition, diagnostics).run();
}

}  // namespace dnnc
