#include "compiler/sema/data/cell_readings.h"
#include "compiler/sema/data/field_plan.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_names.h"
#include "compiler/sema/names/unknown_word.h"

namespace dnnc {

void check_unknown_names(const DataBlock& block, const Module& module, Diagnostics& diagnostics) {
  const FieldNames names = field_names(block, module);
  const std::vector<std::string> visible = visible_names(module);
  std::vector<std::string> readable = names.all();
  readable.insert(readable.end(), visible.begin(), visible.end());
  std::vector<std::string> callable = visible;
  for (const char* word : {standardize_word, impute_word}) callable.emplace_back(word);
  for (const std::string& word : cell_functions()) callable.push_back(word);
  for (size_t step = 0; step < block.steps.size(); ++step) {
    const ast::Ptr& formula = block.steps[step].formula;
    const std::set<std::string> read = names.fields_in(formula, step), indices = index_names_in(formula);
    const ast::Body body = {ast::Statement{formula->span, ast::ResultStatement{{formula}}}};
    for_each_name(body, {}, [&](const ast::Word& word, bool called) {
      if (read.contains(word.text) || indices.contains(word.text) || means_something(module, word.text)) return;
      diagnostics.report(
          undefined_name(word.text, word.span, diagnostics, [&] { return called ? callable : readable; }));
    });
  }
}

}  // namespace dnnc
