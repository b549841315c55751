#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/training_formulas.h"

namespace dnnc {
namespace {

/// What else than a column a word of these formulas can be.
std::vector<std::string> words_of_formulas(const Run& run, const std::vector<NetResult>& results,
                                           const Program& program, bool alone) {
  std::vector<std::string> words = run.names->all();
  for (const NetResult& result : results) words.push_back(result.info.name);
  for (const SettingName name : runtime::loop_settings) words.emplace_back(runtime::word_of(name));
  if (!alone) return words;
  const std::vector<std::string> defined = visible_names(program.main());
  words.insert(words.end(), defined.begin(), defined.end());
  return words;
}

/// A loss that is no name and reads nothing of what the net gives: the first of its words that is unknown is taken for the
/// result's.
std::optional<Diagnostic> result_unread(const Run& run, const std::vector<NetResult>& results,
                                        Diagnostics& diagnostics) {
  const ast::Ptr& loss = run.block.loss;
  const std::set<std::string> read = names_in(loss);
  const bool reads_one =
      std::ranges::any_of(results, [&](const NetResult& result) { return read.contains(result.info.name); });
  if (results.empty() || reads_one) return std::nullopt;
  std::optional<std::pair<Span, std::string>> first;
  for (const std::string& name : formula_fields(run, results, loss)) {
    const Span place = place_of_name(loss, name);
    if (!run.names->known(name) && (!first || place.begin < first->first.begin)) first = {place, name};
  }
  if (!first) return std::nullopt;
  std::string names;
  for (const NetResult& result : results) names += (names.empty() ? "`" : ", `") + result.info.name + "`";
  Diagnostic unread =
      undefined_name(first->second, first->first, diagnostics, [] { return std::vector<std::string>(); });
  unread.notes.push_back({{}, "the loss reads nothing of what the net gives: " + names});
  if (results.size() == 1) {
    unread.help = "did you mean `" + results.front().info.name + "`?";
    unread.replacement = {first->first, results.front().info.name};
  }
  return unread;
}

}  // namespace

void check_words(const Run& run, const std::vector<NetResult>& results, const Program& program,
                 Diagnostics& diagnostics) {
  std::vector<ast::Ptr> formulas = {run.block.loss};
  for (const MetricPlan& metric : run.metrics) formulas.push_back(metric.value);
  for (const ast::Ptr& formula : formulas) {
    const bool alone = std::holds_alternative<ast::Name>(without_brackets(formula)->kind);
    if (formula == run.block.loss && !alone)
      if (std::optional<Diagnostic> unread = result_unread(run, results, diagnostics)) {
        diagnostics.report(std::move(*unread));
        continue;
      }
    for (const std::string& name : formula_fields(run, results, formula)) {
      if (run.names->known(name)) {
        if (alone)
          diagnostics.report(
              error("E0607", formula->span, "`" + name + "` is of the data: alone it is no loss and no metric",
                    "compare it with what the net gives" +
                        std::string(formula == run.block.loss ? "" : ", or take its mean: batch_mean(" + name + ")")));
        continue;
      }
      Diagnostic unknown = undefined_name(name, place_of_name(formula, name), diagnostics,
                                          [&] { return words_of_formulas(run, results, program, alone); });
      if (!alone && !unknown.replacement) continue;  // it may be a column
      unknown.notes.push_back({{},
                               alone ? "a column alone is no loss and no metric"
                                     : "if it is a column, say so in the data: " + name + ": f32"});
      diagnostics.report(std::move(unknown));
    }
  }
}

}  // namespace dnnc
