#include "test/campaign/checked_program.h"

#include "compiler/syntax/parse.h"

namespace dnnc::campaign {

CheckedProgram::CheckedProgram(const std::string& text) : diagnostics_(sources_) {
  file_ = parse(sources_.add("random.dnn", text), diagnostics_);
  if (file_ && !diagnostics_.has_errors()) model_ = check({*file_}, {}, sources_, diagnostics_);
}

std::string CheckedProgram::error() const {
  if (model_) return "";
  for (const Diagnostic& diagnostic : diagnostics_.sorted())
    if (diagnostic.severity == Severity::Error) return diagnostic.code + " " + diagnostic.message;
  return "no model and no error";
}

}  // namespace dnnc::campaign
