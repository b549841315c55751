#pragma once
#include <map>
#include <vector>

#include "compiler/native/c_types.h"

namespace dnnc {

/// A buffer as one kernel argument sees it: its memory, its elements and its shape. Where the argument is a window, the
/// shape is that of a piece.
struct View {
  BufferId buffer;
  Storage storage;
  std::vector<int64_t> extents;
  auto operator<=>(const View&) const = default;
};

llvm::GlobalVariable* add_global(llvm::Module& module, llvm::Constant* value, const llvm::Twine& name, bool constant);

/// The halide_buffer_t of all views that a step uses, as variables of its module.
class StepBuffers {
 public:
  StepBuffers(llvm::Module& module, const CTypes& types) : module_(module), types_(types) {}

  llvm::GlobalVariable* global(const View& view);
  const std::map<View, llvm::GlobalVariable*>& globals() const { return globals_; }

 private:
  llvm::Constant* dimensions(const std::vector<int64_t>& extents);

  llvm::Module& module_;
  const CTypes& types_;
  std::map<View, llvm::GlobalVariable*> globals_;
};

}  // namespace dnnc
