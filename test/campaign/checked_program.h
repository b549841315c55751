#pragma once
#include <string>

#include "compiler/sema/model.h"

namespace dnnc::campaign {

/// A text that has been read and checked.
class CheckedProgram {
 public:
  explicit CheckedProgram(const std::string& text);

  /// The first error as its code and message; empty if there is none.
  std::string error() const;
  /// Of a program without errors.
  const Model& model() const { return *model_; }
  const ast::File& file() const { return *file_; }
  const Sources& sources() const { return sources_; }

 private:
  Sources sources_;
  Diagnostics diagnostics_;
  std::optional<ast::File> file_;
  std::optional<Model> model_;
};

}  // namespace dnnc::campaign
