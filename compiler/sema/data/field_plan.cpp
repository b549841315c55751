#include "compiler/sema/data/field_plan.h"

#include <algorithm>
#include <map>

#include "compiler/sema/data/cell_readings.h"
#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/call_forms.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/match.h"

namespace dnnc {

using runtime::Reading;

namespace {

/// Names that stand alone: one that is called is no column.
std::set<std::string> names_read_in(const ast::Ptr& formula) {
  std::set<std::string> names;
  for_each_expression(formula, [&](const ast::Expression& expression) {
    if (const auto* name = std::get_if<ast::Name>(&expression.kind)) names.insert(name->text);
  });
  return names;
}

/// Names that stand where only a value can: `rate` in `rate / 2`, but not in `apply(rate)`, which may take a function.
std::set<std::string> values_read_in(const ast::Ptr& formula) {
  std::set<std::string> names;
  const auto add = [&](const ast::Ptr& part) {
    if (!part) return;
    if (const auto* name = std::get_if<ast::Name>(&without_brackets(part)->kind)) names.insert(name->text);
  };
  add(formula);
  for_each_expression(formula, [&](const ast::Expression& expression) {
    std::visit(match{[&](const ast::List& list) { std::ranges::for_each(list.items, add); },
                     [&](const ast::Unary& unary) { add(unary.operand); },
                     [&](const ast::Binary& binary) { add(binary.left), add(binary.right); },
                     [&](const ast::If& choice) { add(choice.condition), add(choice.then), add(choice.otherwise); },
                     [&](const ast::Call& call) {
                       if (!find_built_in(call.function.text)) return;
                       for (const ast::Argument& argument : call.arguments) add(argument.value);
                     },
                     [&](const ast::Element& element) { add(element.array); },
                     [&](const ast::Chain& chain) { add(chain.input); }, [](const auto&) {}},
               expression.kind);
  });
  return names;
}

}  // namespace

FieldNames::FieldNames(const DataBlock& block, Means defined, Means is_value)
    : block_(&block), defined_(std::move(defined)), is_value_(std::move(is_value)), target_step_(block.steps.size()) {
  for (size_t step = 0; step < block.steps.size(); ++step)
    if (block.steps[step].field == target_word) target_step_ = std::min(target_step_, step);
  for (size_t step = 0; step < block.steps.size(); ++step) {
    reads_.emplace_back();
    for (const std::string& name : fields_in(block.steps[step].formula, step))
      reads_.back().insert(kept_name(name, step));
    gaps_.emplace_back();
    if (!block.steps[step].fills) continue;
    for (const std::string& name : fields_that_may_miss(step)) add_gap(step, name);
    reads_.back().insert(gaps_.back().begin(), gaps_.back().end());
  }
}

/// What is filled misses nothing behind it, and neither does what is standardised, whose statistics are those of all examples.
static bool makes_whole(const FieldStep& step) { return step.fills || !step.fitted.empty(); }

/// The fields of the source that a step reads, also through steps before it, but for those that are whole.
std::set<std::string> FieldNames::fields_that_may_miss(size_t step) const {
  std::set<std::string> fields = reads_[step];
  while (step-- > 0)
    if (fields.erase(block_->steps[step].field) > 0 && !makes_whole(block_->steps[step]))
      fields.insert(reads_[step].begin(), reads_[step].end());
  return fields;
}

const FieldStep* FieldNames::standardized_before(size_t step) const {
  std::set<std::string> fields = reads_[step];
  while (step-- > 0) {
    const FieldStep& before = block_->steps[step];
    if (fields.erase(before.field) == 0) continue;
    if (makes_whole(before) && !before.fills) return &before;
    fields.insert(reads_[step].begin(), reads_[step].end());
  }
  return nullptr;
}

void FieldNames::add_gap(size_t step, const std::string& name) {
  KnownField missing = find(name).value_or(KnownField{.name = name, .shape = std::nullopt, .element = {}, .span = {}});
  if (missing.reading == Reading::Missing) return;
  if (missing.column.empty()) missing.column = name;
  missing.name = missing_field(missing.column);
  missing.element = {};
  missing.bytes = true;
  missing.reading = Reading::Missing;
  gaps_[step].insert(missing.name);
  missing_.emplace(missing.name, missing);
}

std::optional<KnownField> FieldNames::find(const std::string& name) const {
  if (const KnownField* known = find_field(*block_, name)) return *known;
  if (const auto found = missing_.find(name); found != missing_.end()) return found->second;
  if (!block_->table) return std::nullopt;
  // Columns of a table are numbers; arrays of other files are what they are.
  return KnownField{
      .name = name, .shape = std::vector<std::optional<int64_t>>{}, .element = {}, .span = block_->source.place};
}

std::string FieldNames::kept_name(const std::string& name, size_t steps) const {
  bool alias = name == target_word && !block_->target.empty() && steps <= target_step_;
  return alias ? block_->target : name;
}

bool FieldNames::known(const std::string& name, size_t steps) const {
  std::string kept = kept_name(name, steps);
  auto end = block_->steps.begin() + static_cast<std::ptrdiff_t>(steps);
  return find_field(*block_, kept) ||
         std::any_of(block_->steps.begin(), end, [&](const FieldStep& step) { return step.field == kept; });
}

bool FieldNames::exists(const std::string& name) const { return block_->open || known(name); }

std::vector<std::string> FieldNames::all() const {
  std::set<std::string> names = {target_word};
  for (const KnownField& field : block_->fields) names.insert(field.name);
  for (const FieldStep& step : block_->steps) names.insert(step.field);
  return {names.begin(), names.end()};
}

std::set<std::string> FieldNames::fields_in(const ast::Ptr& formula, size_t steps) const {
  return fields_among(formula, steps, values_read_in(formula));
}

std::set<std::string> FieldNames::fields_in_training(const ast::Ptr& formula) const {
  return fields_among(formula, block_->steps.size(), {});
}

/// `values`: the names that mean no function.
std::set<std::string> FieldNames::fields_among(const ast::Ptr& formula, size_t steps,
                                               const std::set<std::string>& values) const {
  std::set<std::string> indices = index_names_in(formula);
  const std::set<std::string> read = names_read_in(formula);
  std::set<std::string> fields;
  for (const std::string& name : names_in(formula)) {
    // What a block makes, and what means nothing there, is a column before it is a constant.
    const bool own =
        name == training_word || std::ranges::find(block_->steps, name, &FieldStep::field) != block_->steps.end();
    const bool other = defined_(name) && ((is_value_(name) && !own) || !values.contains(name));
    const bool column = block_->open && read.contains(name) && !indices.contains(name) && !other;
    if (column || known(name, steps)) fields.insert(name);
  }
  return fields;
}

std::vector<std::string> FieldNames::fitted_last(const std::string& name) const {
  std::map<std::string, std::vector<std::string>> fitted;
  for (size_t number = 0; number < block_->steps.size(); ++number) {
    const FieldStep& step = block_->steps[number];
    std::vector<std::string> own;
    if (const auto* source = std::get_if<ast::Name>(&without_brackets(step.formula)->kind))
      own = fitted[kept_name(source->text, number)];
    if (step.fills) own.clear();
    else if (!step.fitted.empty()) own.push_back(step.fitted);
    fitted[step.field] = std::move(own);
  }
  return fitted[kept_name(name, block_->steps.size())];
}

static void leave_first_of_each(std::vector<std::string>& names) {
  std::set<std::string> seen;
  std::erase_if(names, [&](const std::string& name) { return !seen.insert(name).second; });
}

FieldNames::Need FieldNames::need_of(const std::vector<std::string>& names) const {
  size_t count = block_->steps.size();
  Need need;
  need.steps.assign(count, false);
  for (const std::string& name : names) need.raw.push_back(kept_name(name, count));
  need.whole = {need.raw.begin(), need.raw.end()};
  leave_first_of_each(need.raw);
  for (size_t step = count; step-- > 0;) {
    auto made = std::find(need.raw.begin(), need.raw.end(), block_->steps[step].field);
    need.steps[step] = made != need.raw.end();
    if (!need.steps[step]) continue;
    const FieldStep& made_by = block_->steps[step];
    const bool whole = need.whole.erase(made_by.field) > 0 || makes_whole(made_by);
    if (whole && !made_by.fills) need.whole.insert(reads_[step].begin(), reads_[step].end());
    // What the step reads takes the place of what it makes.
    made = need.raw.erase(made);
    need.raw.insert(made, reads_[step].begin(), reads_[step].end());
    leave_first_of_each(need.raw);
  }
  return need;
}

FieldNames field_names(const DataBlock& block, const Module& module) {
  const std::vector<std::string> visible = visible_names(module);
  return {block,
          [defined = std::set<std::string>(visible.begin(), visible.end())](const std::string& name) {
            return defined.contains(name);
          },
          [&module](const std::string& name) {
            const BuiltIn* row = find_built_in(name);
            return find_constant(module, name) || (row && row->kind == BuiltIn::Kind::Constant);
          }};
}

}  // namespace dnnc
