#include "compiler/sema/data/data_sources.h"

#include "compiler/support/check.h"

namespace dnnc {
namespace {

CallForm form_of(std::string_view name, const runtime::SourceRow& row) {
  CallForm form{std::string(name), {}};
  for (const runtime::ArgumentRow& argument : row.arguments)
    form.arguments.push_back({argument.name,
                              argument.kind,
                              argument.required,
                              argument.standard,
                              {argument.words.begin(), argument.words.end()},
                              argument.most});
  return form;
}

std::vector<CallForm> make_forms(bool builtin) {
  std::vector<CallForm> forms;
  for (const runtime::SourceRow& row : runtime::source_table) {
    const std::string_view set = runtime::builtin_name(row);
    if (set.empty() != builtin) forms.push_back(form_of(builtin ? set : row.name, row));
  }
  if (!builtin) forms.push_back({std::string(runtime::builtin_word), {}});
  return forms;
}

}  // namespace

const std::vector<CallForm>& source_forms() {
  static const std::vector<CallForm> forms = make_forms(false);
  return forms;
}

const std::vector<CallForm>& builtin_forms() {
  static const std::vector<CallForm> forms = make_forms(true);
  return forms;
}

const runtime::SourceRow& source_row_of(const DataValue& source) {
  const DataValue* set = source.argument(runtime::source_words::set);
  const runtime::SourceRow* row = runtime::find_source(source.text, set ? set->text : "");
  check(row != nullptr, "no source " + source.text);
  return *row;
}

bool has_test_part(const DataValue& source) {
  switch (source_row_of(source).test) {
    case runtime::TestPart::None:
      return false;
    case runtime::TestPart::Own:
      return true;
    case runtime::TestPart::Argument:
      return source.argument(runtime::source_words::test) != nullptr;
  }
  return false;
}

}  // namespace dnnc
