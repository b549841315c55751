#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/sema/training/elaborator.h"

namespace dnnc {

/// A loss or metric by name, `focal(gamma: 2)`: it is given the net's only result and the target.
struct NamedFormula {
  const Definition* definition = nullptr;
  WrittenCall call;
};
/// std::nullopt if `value` is a formula of its own, like `crossentropy(sex, gender)`.
std::optional<NamedFormula> named_formula(const Program& program, const ast::Ptr& value);

/// `huber(0.5)`: a setting of a loss or metric without its name, where a result and a target are meant to be compared.
/// Reports it and says true.
bool misplaced_setting(const Program& program, const ast::Ptr& value, Diagnostics& diagnostics);

/// Adds what these names, of a formula of training, say of the loop, hiding other meanings.
void add_loop_settings(Elaboration& elaboration, const std::set<std::string>& names, Environment& environment);

/// Whether a metric is called by a word, so that other formulas can name it; one that is a formula is called by its text.
bool is_word(const std::string& metric);
/// How such a formula gets a name: a note.
std::string name_for_formula(const std::string& metric);

/// The block's metrics with their names. Reports names that are taken.
std::vector<MetricPlan> plan_metrics(const Run& run, const Program& program, Diagnostics& diagnostics);

/// Which result is compared with which field: where a loss or metric is given both, and the only result with the
/// target, if a formula reads the target in another way. Each pair once.
std::vector<Pair> find_pairs(const Run& run, const std::vector<NetResult>& results, const Program& program);

/// A name alone that chooses from a list of the text, `[1, 40][kind]`, or of a constant.
struct ListSubscript {
  ast::Word name;
  int64_t count = 0;  ///< elements of the list
};
std::vector<ListSubscript> list_subscripts(const Program& program, const ast::Ptr& formula);

/// A field given by its name to a parameter that has a type.
struct TypedArgument {
  ast::Word field;
  std::string taker;  ///< for messages: "parameter `t` of `mine`"
  InputType type;
};
/// Those of a formula in which these names are fields; the sizes of the results given beside them are known.
std::vector<TypedArgument> typed_arguments(const Program& program, const std::vector<NetResult>& results,
                                           const std::set<std::string>& fields, const ast::Ptr& formula);

/// The fields that a formula over results and fields reads, as they are written.
std::vector<std::string> formula_fields(const Run& run, const std::vector<NetResult>& results, const ast::Ptr& formula);

/// Reports words of loss and metrics that mean nothing. In data whose columns only the file knows a word may be one of them: not
/// where it stands alone, nor where it is nearly another word.
void check_words(const Run& run, const std::vector<NetResult>& results, const Program& program,
                 Diagnostics& diagnostics);

}  // namespace dnnc
