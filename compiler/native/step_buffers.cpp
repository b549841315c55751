#include "compiler/native/step_buffers.h"

#include "compiler/support/check.h"

namespace dnnc {

llvm::GlobalVariable* add_global(llvm::Module& module, llvm::Constant* value, const llvm::Twine& name, bool constant) {
  return new llvm::GlobalVariable(module, value->getType(), constant, llvm::GlobalValue::InternalLinkage, value, name);
}

/// Halide counts dimensions from the innermost: the last axis comes first.
llvm::Constant* StepBuffers::dimensions(const std::vector<int64_t>& extents) {
  llvm::IRBuilder<> ir(module_.getContext());
  if (extents.empty()) return llvm::ConstantPointerNull::get(ir.getPtrTy());
  std::vector<llvm::Constant*> all;
  int64_t stride = 1;
  for (auto extent = extents.rbegin(); extent != extents.rend(); ++extent) {
    check(stride <= INT32_MAX && *extent <= INT32_MAX, "native: an extent or stride beyond 32 bits");
    all.push_back(llvm::ConstantStruct::get(types_.dimension, ir.getInt32(0),
                                            ir.getInt32(static_cast<uint32_t>(*extent)),
                                            ir.getInt32(static_cast<uint32_t>(stride)), ir.getInt32(0)));
    stride *= *extent;
  }
  auto* type = llvm::ArrayType::get(types_.dimension, all.size());
  return add_global(module_, llvm::ConstantArray::get(type, all), "dimensions", true);
}

llvm::GlobalVariable* StepBuffers::global(const View& view) {
  llvm::GlobalVariable*& known = globals_[view];
  if (known) return known;
  llvm::IRBuilder<> ir(module_.getContext());
  llvm::Constant* null = llvm::ConstantPointerNull::get(ir.getPtrTy());
  llvm::Constant* fields[] = {ir.getInt64(0),
                              null,
                              null,
                              ir.getInt64(0),
                              element_of(types_, view.storage),
                              ir.getInt32(static_cast<uint32_t>(view.extents.size())),
                              dimensions(view.extents),
                              null};
  return known = add_global(module_, llvm::ConstantStruct::get(types_.buffer, fields),
                            "buffer" + llvm::Twine(view.buffer.value), false);
}

}  // namespace dnnc
