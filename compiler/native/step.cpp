#include "compiler/native/step.h"

#include <map>

#include "compiler/kernels/any_length.h"
#include "compiler/native/c_types.h"
#include "compiler/native/native.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Halide's numbers for the kinds of elements.
constexpr uint8_t halide_int = 0, halide_uint = 1, halide_float = 2;

/// A buffer as one kernel argument sees it: its memory, its elements and its shape.
struct View {
  BufferId buffer;
  Storage storage;
  std::vector<int64_t> extents;
  auto operator<=>(const View&) const = default;
};

/// Builds the module; the types and functions that many parts of it need stand here.
class StepBuilder {
 public:
  StepBuilder(const Plan& plan, llvm::LLVMContext& context, const llvm::DataLayout& layout)
      : plan_(plan),
        context_(context),
        types_(make_c_types(context, layout)),
        module_(std::make_unique<llvm::Module>("step", context)),
        ir_(context) {}

  std::unique_ptr<llvm::Module> build(const std::string& manifest) {
    std::vector<llvm::Constant*> entries;
    for (const Entry& entry : plan_.entries) entries.push_back(add_entry(entry));
    add_program(entries, add_bind(), manifest);
    return std::move(module_);
  }

 private:
  llvm::PointerType* pointer() { return ir_.getPtrTy(); }
  llvm::Constant* null() { return llvm::ConstantPointerNull::get(pointer()); }

  llvm::GlobalVariable* add_global(llvm::Constant* value, const llvm::Twine& name, bool constant) {
    return new llvm::GlobalVariable(*module_, value->getType(), constant, llvm::GlobalValue::InternalLinkage, value,
                                    name);
  }
  llvm::GlobalVariable* add_text(const std::string& text, const llvm::Twine& name) {
    return add_global(llvm::ConstantDataArray::getString(context_, text), name, true);
  }

  /// Halide counts dimensions from the innermost: the last axis comes first.
  llvm::Constant* dimensions(const std::vector<int64_t>& extents) {
    if (extents.empty()) return null();
    std::vector<llvm::Constant*> all;
    int64_t stride = 1;
    for (auto extent = extents.rbegin(); extent != extents.rend(); ++extent) {
      check(stride <= INT32_MAX && *extent <= INT32_MAX, "native: an extent or stride beyond 32 bits");
      all.push_back(llvm::ConstantStruct::get(types_.dimension, ir_.getInt32(0),
                                              ir_.getInt32(static_cast<uint32_t>(*extent)),
                                              ir_.getInt32(static_cast<uint32_t>(stride)), ir_.getInt32(0)));
      stride *= *extent;
    }
    auto* type = llvm::ArrayType::get(types_.dimension, all.size());
    return add_global(llvm::ConstantArray::get(type, all), "dimensions", true);
  }

  llvm::Constant* element(Storage storage) {
    const auto make = [&](uint8_t code, uint8_t bits) {
      return llvm::ConstantStruct::get(types_.element, ir_.getInt8(code), ir_.getInt8(bits), ir_.getInt16(1));
    };
    switch (storage) {
      case Storage::Float32:
        return make(halide_float, 32);
      case Storage::UInt8:
        return make(halide_uint, 8);
      case Storage::Int32:
        return make(halide_int, 32);
    }
    throw InternalError("native: an unknown storage");
  }

  llvm::GlobalVariable* buffer(const View& view) {
    llvm::GlobalVariable*& known = buffers_[view];
    if (known) return known;
    llvm::Constant* fields[] = {ir_.getInt64(0),
                                null(),
                                null(),
                                ir_.getInt64(0),
                                element(view.storage),
                                ir_.getInt32(static_cast<uint32_t>(view.extents.size())),
                                dimensions(view.extents),
                                null()};
    return known = add_global(llvm::ConstantStruct::get(types_.buffer, fields),
                              "buffer" + llvm::Twine(view.buffer.value), false);
  }

  /// Returns what the kernel returns.
  llvm::Value* add_call(const KernelCall& call) {
    const Kernel& kernel = plan_.kernels[call.kernel];
    const Graph body = body_of(plan_, call);
    std::vector<llvm::Value*> arguments;
    for (size_t k = 0; k < call.buffers.size(); ++k) {
      const Storage storage = k < kernel.inputs.size() ? kernel.inputs[k] : Storage::Float32;
      arguments.push_back(buffer({call.buffers[k], storage, extents_of(body[argument_node(kernel, k)].axes)}));
    }
    const std::vector<llvm::Type*> types(arguments.size(), pointer());
    auto* type = llvm::FunctionType::get(ir_.getInt32Ty(), types, false);
    return ir_.CreateCall(module_->getOrInsertFunction(kernel.symbol, type), arguments);
  }

  llvm::Function* begin_function(const std::string& name, llvm::Type* result, std::vector<llvm::Type*> parameters) {
    auto* type = llvm::FunctionType::get(result, parameters, false);
    auto* function = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, name, *module_);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    ir_.SetInsertPoint(llvm::BasicBlock::Create(context_, "", function));
    return function;
  }

  llvm::Function* add_part(const Entry& entry, const std::string& part, size_t first, size_t last) {
    llvm::Function* function = begin_function(entry.name + "." + part, ir_.getInt64Ty(), {});
    for (size_t number = first; number < last; ++number) return_fault(add_call(entry.calls[number]), number);
    ir_.CreateRet(ir_.getInt64(0));
    return function;
  }

  /// If the kernel has reported a fault, the function ends with the dnnc_outcome of this call. What it then does stands
  /// behind everything else, so that nothing jumps while all is well.
  void return_fault(llvm::Value* code, size_t number) {
    llvm::BasicBlock* call = ir_.GetInsertBlock();
    llvm::Function* function = call->getParent();
    auto* next = llvm::BasicBlock::Create(context_, "", function, call->getNextNode());
    auto* fault = llvm::BasicBlock::Create(context_, "fault", function);
    ir_.CreateCondBr(ir_.CreateICmpEQ(code, ir_.getInt32(0)), next, fault);
    ir_.SetInsertPoint(fault);
    ir_.CreateRet(ir_.CreateOr(ir_.CreateZExt(code, ir_.getInt64Ty()), ir_.getInt64(uint64_t{number} << 32)));
    ir_.SetInsertPoint(next);
  }

  /// Each call of an entry as a function of its own.
  llvm::Constant* add_single_calls(const Entry& entry) {
    std::vector<llvm::Constant*> calls;
    for (size_t number = 0; number < entry.calls.size(); ++number) {
      calls.push_back(begin_function(entry.name + ".call" + std::to_string(number), ir_.getInt32Ty(), {}));
      ir_.CreateRet(add_call(entry.calls[number]));
    }
    return add_global(llvm::ConstantArray::get(llvm::ArrayType::get(pointer(), calls.size()), calls), "calls", true);
  }

  /// struct dnnc_entry
  llvm::Constant* add_entry(const Entry& entry) {
    llvm::Constant* compute = add_part(entry, "compute", 0, entry.first_update);
    const bool stores = entry.first_update < entry.calls.size();
    llvm::Constant* update =
        stores ? static_cast<llvm::Constant*>(add_part(entry, "update", entry.first_update, entry.calls.size()))
               : null();
    return llvm::ConstantStruct::get(types_.entry, add_text(entry.name, "name"), compute, update,
                                     add_single_calls(entry), ir_.getInt64(entry.calls.size()));
  }

  llvm::Function* add_bind() {
    llvm::Function* function = begin_function("bind", ir_.getVoidTy(), {pointer()});
    for (const auto& [view, global] : buffers_) {
      llvm::Value* offset = ir_.getInt64(static_cast<uint64_t>(plan_.buffers[view.buffer].offset));
      llvm::Value* host = ir_.CreateInBoundsGEP(ir_.getInt8Ty(), function->getArg(0), offset);
      ir_.CreateStore(host, ir_.CreateStructGEP(types_.buffer, global, host_field));
    }
    ir_.CreateRetVoid();
    return function;
  }

  /// struct dnnc_program
  void add_program(const std::vector<llvm::Constant*>& entries, llvm::Function* bind, const std::string& manifest) {
    auto* table = add_global(llvm::ConstantArray::get(llvm::ArrayType::get(types_.entry, entries.size()), entries),
                             "entries", true);
    llvm::Constant* fields[] = {add_text(manifest, "manifest"), ir_.getInt64(manifest.size()), table,
                                ir_.getInt64(entries.size()), bind};
    auto* program = add_global(llvm::ConstantStruct::get(types_.program, fields), "dnnc_generated", true);
    program->setLinkage(llvm::GlobalValue::ExternalLinkage);
  }

  const Plan& plan_;
  llvm::LLVMContext& context_;
  const CTypes types_;
  std::unique_ptr<llvm::Module> module_;
  llvm::IRBuilder<> ir_;
  std::map<View, llvm::GlobalVariable*> buffers_;
};

std::unique_ptr<llvm::TargetMachine> host_machine() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  const std::string triple = "x86_64-unknown-linux-gnu";
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  check(target != nullptr, "native: " + error);
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(triple, "x86-64", "", llvm::TargetOptions(),
                                                                          llvm::Reloc::PIC_, llvm::CodeModel::Small,
                                                                          llvm::CodeGenOptLevel::None));
}

}  // namespace

std::unique_ptr<llvm::Module> make_step(const Plan& plan, const std::string& manifest, llvm::LLVMContext& context) {
  const auto machine = host_machine();
  const llvm::DataLayout layout = machine->createDataLayout();
  auto module = StepBuilder(plan, context, layout).build(manifest);
  module->setTargetTriple(machine->getTargetTriple().str());
  module->setDataLayout(layout);
  std::string faults;
  llvm::raw_string_ostream stream(faults);
  check(!llvm::verifyModule(*module, &stream), "native: the step is not valid: " + faults);
  return module;
}

std::unique_ptr<llvm::MemoryBuffer> compile_step(llvm::Module& module) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  const auto machine = host_machine();
  const bool refused = machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  check(!refused, "native: LLVM cannot write objects");
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes), "step.o", false);
}

std::string step_text(const Plan& plan) {
  llvm::LLVMContext context;
  std::string text;
  llvm::raw_string_ostream stream(text);
  make_step(plan, "", context)->print(stream, nullptr);
  return stream.str();
}

}  // namespace dnnc
