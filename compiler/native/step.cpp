#include "compiler/native/step.h"

#include <algorithm>

#include "compiler/kernels/any_length.h"
#include "compiler/native/c_types.h"
#include "compiler/native/native.h"
#include "compiler/native/step_buffers.h"
#include "compiler/support/check.h"
#include "runtime/program/halide_runtime.h"

namespace dnnc {
namespace {

/// Builds the module; the types and functions that many parts of it need stand here.
class StepBuilder {
 public:
  StepBuilder(const Plan& plan, llvm::LLVMContext& context, const llvm::DataLayout& layout)
      : plan_(plan),
        context_(context),
        types_(make_c_types(context, layout)),
        module_(std::make_unique<llvm::Module>("step", context)),
        ir_(context),
        buffers_(*module_, types_) {
    module_->setDataLayout(layout);
  }

  std::unique_ptr<llvm::Module> build(const std::string& manifest, const ProgramNames& names) {
    std::vector<llvm::Constant*> entries;
    for (const Entry& entry : plan_.entries) entries.push_back(add_entry(entry));
    add_program(entries, add_bind(), manifest, names);
    return std::move(module_);
  }

 private:
  llvm::PointerType* pointer() { return ir_.getPtrTy(); }
  llvm::Constant* null() { return llvm::ConstantPointerNull::get(pointer()); }

  llvm::GlobalVariable* add_global(llvm::Constant* value, const llvm::Twine& name, bool constant) {
    return dnnc::add_global(*module_, value, name, constant);
  }
  llvm::GlobalVariable* add_text(const std::string& text, const llvm::Twine& name) {
    return add_global(llvm::ConstantDataArray::getString(context_, text), name, true);
  }

  /// A loop of the step whose body is being made, and the number of its trip (i64).
  struct OpenLoop {
    const runtime::Loop* loop;
    llvm::Value* trip;
  };

  /// Returns what the kernel returns.
  llvm::Value* add_call(const KernelCall& call) {
    const Kernel& kernel = plan_.kernels[call.kernel];
    const Graph body = body_of(plan_, call);
    std::vector<llvm::Value*> arguments;
    for (size_t k = 0; k < call.buffers.size(); ++k) {
      const Storage storage = k < kernel.inputs.size() ? kernel.inputs[k] : Storage::Float32;
      const View view{call.buffers[k], storage, extents_of(body[argument_node(kernel, k)].axes)};
      const auto window = call.windows.find(k);
      arguments.push_back(window == call.windows.end() ? buffers_.global(view) : piece(view, window->second));
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

  /// What a window shows in this trip: a copy of the buffer on the stack, made once, whose place in memory moves. Places on a
  /// device are counted from the begin of the arena.
  llvm::Value* piece(const View& view, const runtime::Window& window) {
    llvm::Value* copy;
    {
      const llvm::IRBuilderBase::InsertPointGuard guard(ir_);
      llvm::BasicBlock& entry = ir_.GetInsertBlock()->getParent()->getEntryBlock();
      ir_.SetInsertPoint(&entry, entry.begin());  // no loop begins there
      copy = ir_.CreateAlloca(types_.buffer);
      const llvm::MaybeAlign aligned(alignof(void*));
      ir_.CreateMemCpy(copy, aligned, buffers_.global(view), aligned,
                       module_->getDataLayout().getTypeAllocSize(types_.buffer).getFixedValue());
    }
    llvm::Value* host = moved(view, window.strides);
    if (window.lag) host = lagging(view, window, host);
    if (plan_.device.empty()) ir_.CreateStore(host, host_of(copy));
    else call_runtime("dnnc_device_piece", {copy, ir_.CreatePtrToInt(host, ir_.getInt64Ty()), bytes_of(view)});
    return copy;
  }

  llvm::ConstantInt* offset_of(const View& view) {
    return ir_.getInt64(static_cast<uint64_t>(plan_.buffers[view.buffer].offset));
  }
  llvm::ConstantInt* bytes_of(const View& view) {
    int64_t bytes = runtime::bytes_of(view.storage);
    for (const int64_t extent : view.extents) bytes *= extent;
    return ir_.getInt64(static_cast<uint64_t>(bytes));
  }
  void call_runtime(const char* name, const std::vector<llvm::Value*>& arguments) {
    std::vector<llvm::Type*> types;
    for (const llvm::Value* argument : arguments) types.push_back(argument->getType());
    auto* type = llvm::FunctionType::get(ir_.getVoidTy(), types, false);
    ir_.CreateCall(module_->getOrInsertFunction(name, type), arguments);
  }

  llvm::Value* host_of(llvm::Value* buffer) { return ir_.CreateStructGEP(types_.buffer, buffer, host_field); }
  llvm::Value* times(llvm::Value* trip, int64_t stride) {
    return ir_.CreateMul(trip, ir_.getInt64(static_cast<uint64_t>(stride)));
  }
  llvm::Value* behind(llvm::Value* place, llvm::Value* bytes) { return ir_.CreateGEP(ir_.getInt8Ty(), place, bytes); }

  /// The place of the view's buffer, moved by the trips of all loops around.
  llvm::Value* moved(const View& view, const std::vector<int64_t>& strides) {
    llvm::Value* place = plan_.device.empty() ? ir_.CreateLoad(pointer(), host_of(buffers_.global(view)))
                                              : ir_.CreateIntToPtr(offset_of(view), pointer());
    for (size_t loop = 0; loop < strides.size(); ++loop) place = behind(place, times(loops_[loop].trip, strides[loop]));
    return place;
  }

  /// runtime::piece_of, as code: `here` is where the piece of this trip is.
  llvm::Value* lagging(const View& view, const runtime::Window& window, llvm::Value* here) {
    const runtime::Window::Lag& lag = *window.lag;
    const auto& [loop, trip] = loops_[lag.loop];
    const bool forward = loop->direction != runtime::Direction::Backward;
    const auto number = [&](int64_t value) { return ir_.getInt64(static_cast<uint64_t>(value)); };
    llvm::Value* earlier = behind(here, number((forward ? -lag.trips : lag.trips) * window.strides[lag.loop]));
    const View before_view{BufferId{static_cast<uint32_t>(lag.before)}, view.storage, view.extents};
    llvm::Value* before = behind(moved(before_view, lag.strides), number(lag.shift(*loop) * lag.strides[lag.loop]));
    llvm::Value* is_first = forward ? ir_.CreateICmpSLT(trip, number(lag.trips))
                                    : ir_.CreateICmpSGE(trip, number(loop->extent - lag.trips));
    return ir_.CreateSelect(is_first, before, earlier);
  }

  void store_trip(const OpenLoop& open) {
    if (!open.loop->trip) return;
    const View view{BufferId{static_cast<uint32_t>(*open.loop->trip)}, Storage::Int32, {}};
    llvm::Value* number = ir_.CreateTrunc(open.trip, ir_.getInt32Ty());
    if (plan_.device.empty()) ir_.CreateStore(number, ir_.CreateLoad(pointer(), host_of(buffers_.global(view))));
    else call_runtime("dnnc_device_store", {buffers_.global(view), number});
  }

  void add_parts(const Entry& entry, const std::vector<runtime::StepPart>& parts) {
    for (const runtime::StepPart& part : parts) {
      if (const size_t* call = std::get_if<size_t>(&part.is)) return_fault(add_call(entry.calls[*call]), *call);
      else add_loop(entry, std::get<runtime::Loop>(part.is));
    }
  }

  void add_loop(const Entry& entry, const runtime::Loop& loop) {
    if (loop.direction == runtime::Direction::Any && plan_.device.empty()) add_shared_loop(entry, loop);
    else add_straight_loop(entry, loop);
  }

  void add_straight_loop(const Entry& entry, const runtime::Loop& loop) {
    const bool forward = loop.direction != runtime::Direction::Backward;
    const int64_t first = forward ? 0 : loop.extent - 1, last = loop.extent - 1 - first;
    llvm::BasicBlock* before = ir_.GetInsertBlock();
    const auto add_block = [&](const char* name, llvm::BasicBlock* behind) {
      return llvm::BasicBlock::Create(context_, name, before->getParent(), behind->getNextNode());
    };
    llvm::BasicBlock* body = add_block("trip", before);
    ir_.CreateBr(body);
    ir_.SetInsertPoint(body);
    llvm::PHINode* trip = ir_.CreatePHI(ir_.getInt64Ty(), 2);
    trip->addIncoming(ir_.getInt64(static_cast<uint64_t>(first)), before);
    loops_.push_back({&loop, trip});
    store_trip(loops_.back());
    if (loop.at_work) add_choice(entry, loop);
    else add_parts(entry, loop.body);
    loops_.pop_back();
    llvm::BasicBlock* end = ir_.GetInsertBlock();
    llvm::BasicBlock* next = add_block("after", end);
    trip->addIncoming(ir_.CreateAdd(trip, ir_.getInt64(static_cast<uint64_t>(forward ? 1 : -1))), end);
    ir_.CreateCondBr(ir_.CreateICmpEQ(trip, ir_.getInt64(static_cast<uint64_t>(last))), next, body);
    ir_.SetInsertPoint(next);
  }

  /// Whether the trip of the innermost loop is not idle.
  llvm::Value* is_at_work(const runtime::Loop& loop) {
    const BufferId buffer{static_cast<uint32_t>(*loop.at_work)};
    const View view{buffer, Storage::Float32, plan_.buffers[buffer].extents};
    return ir_.CreateICmpNE(ir_.CreateLoad(ir_.getInt32Ty(), moved(view, loop.strides_at_work)), ir_.getInt32(0));
  }

  /// The body of a trip, or what it does if it is idle.
  void add_choice(const Entry& entry, const runtime::Loop& loop) {
    llvm::Function* function = ir_.GetInsertBlock()->getParent();
    const auto add_block = [&](const char* name) {
      return llvm::BasicBlock::Create(context_, name, function, ir_.GetInsertBlock()->getNextNode());
    };
    llvm::Value* at_work = is_at_work(loop);
    llvm::BasicBlock *next = add_block("made"), *idle = add_block("idle"), *body = add_block("body");
    ir_.CreateCondBr(at_work, body, idle);
    for (const auto& [block, parts] : {std::pair(body, &loop.body), std::pair(idle, &loop.idle)}) {
      ir_.SetInsertPoint(block);
      add_parts(entry, *parts);
      ir_.CreateBr(next);
    }
    ir_.SetInsertPoint(next);
  }

  /// A loop whose trips are tasks for the threads of the runtime: a function of its own, which is told the trip and where
  /// its fault belongs, a dnnc_outcome.
  void add_shared_loop(const Entry& entry, const runtime::Loop& loop) {
    check(loops_.empty(), "native: a loop of tasks within another loop");
    llvm::Function* task;
    {
      const llvm::IRBuilderBase::InsertPointGuard guard(ir_);
      task = begin_function(name_of(entry, "task"), ir_.getInt32Ty(), {pointer(), ir_.getInt32Ty(), pointer()});
      loops_.push_back({&loop, ir_.CreateSExt(task->getArg(1), ir_.getInt64Ty())});
      outcome_ = task->getArg(2);
      add_parts(entry, loop.body);
      outcome_ = nullptr;
      loops_.pop_back();
      ir_.CreateRet(ir_.getInt32(0));
    }
    llvm::BasicBlock& entry_block = ir_.GetInsertBlock()->getParent()->getEntryBlock();
    llvm::Value* outcome = llvm::IRBuilder<>(&entry_block, entry_block.begin()).CreateAlloca(ir_.getInt64Ty());
    auto* type = llvm::FunctionType::get(ir_.getInt32Ty(),
                                         {pointer(), pointer(), ir_.getInt32Ty(), ir_.getInt32Ty(), pointer()}, false);
    llvm::Value* fault =
        ir_.CreateCall(module_->getOrInsertFunction(runtime::par_for_symbol, type),
                       {null(), task, ir_.getInt32(0), ir_.getInt32(static_cast<uint32_t>(loop.extent)), outcome});
    return_if_fault(fault, [&] { ir_.CreateRet(ir_.CreateLoad(ir_.getInt64Ty(), outcome)); });
  }

  /// "train.compute"
  static std::string name_of(const Entry& entry, const std::string& part) {
    return runtime::word_of(entry.kind) + ("." + part);
  }

  llvm::Function* add_part(const Entry& entry, const std::string& name, const std::vector<runtime::StepPart>& parts) {
    llvm::Function* function = begin_function(name_of(entry, name), ir_.getInt64Ty(), {});
    add_parts(entry, parts);
    ir_.CreateRet(ir_.getInt64(0));
    return function;
  }

  /// If the kernel has reported a fault, the function ends with the dnnc_outcome of this call.
  void return_fault(llvm::Value* code, size_t number) {
    return_if_fault(code, [&] {
      llvm::Value* outcome = ir_.CreateOr(ir_.CreateZExt(code, ir_.getInt64Ty()), ir_.getInt64(uint64_t{number} << 32));
      if (!outcome_) {
        ir_.CreateRet(outcome);
        return;
      }
      // Another task may have a fault too: either is told.
      llvm::StoreInst* told = ir_.CreateStore(outcome, outcome_);
      told->setAtomic(llvm::AtomicOrdering::Monotonic);
      told->setAlignment(llvm::Align(8));
      ir_.CreateRet(code);
    });
  }

  /// What the function does if the code is not 0 stands behind everything else, so that nothing jumps while all is well.
  template <class End>
  void return_if_fault(llvm::Value* code, const End& end) {
    llvm::BasicBlock* call = ir_.GetInsertBlock();
    llvm::Function* function = call->getParent();
    auto* next = llvm::BasicBlock::Create(context_, "", function, call->getNextNode());
    auto* fault = llvm::BasicBlock::Create(context_, "fault", function);
    ir_.CreateCondBr(ir_.CreateICmpEQ(code, ir_.getInt32(0)), next, fault);
    ir_.SetInsertPoint(fault);
    end();
    ir_.SetInsertPoint(next);
  }

  /// A call as a function of its own, which is told the trips and stores those that the kernel reads. It does nothing in a trip
  /// that does not make the call.
  llvm::Function* add_single_call(const Entry& entry, size_t number, const runtime::Nest& nest) {
    llvm::Function* function =
        begin_function(name_of(entry, "call" + std::to_string(number)), ir_.getInt32Ty(), {pointer()});
    const KernelCall& call = entry.calls[number];
    for (size_t loop = 0; loop < nest.loops.size(); ++loop) {
      llvm::Value* place = ir_.CreateConstGEP1_64(ir_.getInt64Ty(), function->getArg(0), loop);
      loops_.push_back({nest.loops[loop], ir_.CreateLoad(ir_.getInt64Ty(), place)});
      const auto& trip = nest.loops[loop]->trip;
      if (trip && std::ranges::find(call.buffers, BufferId{static_cast<uint32_t>(*trip)}) != call.buffers.end())
        store_trip(loops_.back());
    }
    if (!nest.loops.empty() && nest.loops.back()->at_work) return_unless_made(nest);
    ir_.CreateRet(add_call(call));
    loops_.clear();
    return function;
  }

  void return_unless_made(const runtime::Nest& nest) {
    llvm::Value* at_work = is_at_work(*nest.loops.back());
    llvm::Function* function = ir_.GetInsertBlock()->getParent();
    auto *made = llvm::BasicBlock::Create(context_, "made", function),
         *other = llvm::BasicBlock::Create(context_, "", function);
    ir_.CreateCondBr(at_work, nest.idle ? other : made, nest.idle ? made : other);
    ir_.SetInsertPoint(other);
    ir_.CreateRet(ir_.getInt32(runtime::call_not_made));
    ir_.SetInsertPoint(made);
  }

  llvm::Constant* add_single_calls(const Entry& entry) {
    std::vector<llvm::Constant*> calls;
    runtime::for_each_call(entry.step, [&](size_t number, const runtime::Nest& nest) {
      calls.push_back(add_single_call(entry, number, nest));
    });
    return add_global(llvm::ConstantArray::get(llvm::ArrayType::get(pointer(), calls.size()), calls), "calls", true);
  }

  /// struct dnnc_entry
  llvm::Constant* add_entry(const Entry& entry) {
    llvm::Constant* compute = add_part(entry, "compute", entry.step.compute);
    llvm::Constant* update = null();
    if (!entry.step.update.empty()) update = add_part(entry, "update", entry.step.update);
    return llvm::ConstantStruct::get(types_.entry, compute, update, add_single_calls(entry),
                                     ir_.getInt64(entry.calls.size()));
  }

  llvm::Constant* add_bind() {
    if (!plan_.device.empty()) return null();
    llvm::Function* function = begin_function("bind", ir_.getVoidTy(), {pointer()});
    for (const auto& [view, global] : buffers_.globals()) {
      llvm::Value* offset = offset_of(view);
      llvm::Value* host = ir_.CreateInBoundsGEP(ir_.getInt8Ty(), function->getArg(0), offset);
      ir_.CreateStore(host, ir_.CreateStructGEP(types_.buffer, global, host_field));
    }
    ir_.CreateRetVoid();
    return function;
  }

  /// Where each buffer lies on the device, if there is one.
  std::vector<llvm::Constant*> views() {
    std::vector<llvm::Constant*> all;
    if (plan_.device.empty()) return all;
    for (const auto& [view, global] : buffers_.globals()) {
      all.push_back(llvm::ConstantStruct::get(types_.view, global, offset_of(view), bytes_of(view)));
    }
    return all;
  }

  /// The constant of the runtime that knows the device (runtime/program/device.h).
  llvm::Constant* device() {
    if (plan_.device.empty()) return null();
    return module_->getOrInsertGlobal(plan_.device, ir_.getInt8Ty());
  }

  llvm::Constant* table_of(llvm::StructType* type, const std::vector<llvm::Constant*>& rows, const llvm::Twine& name) {
    if (rows.empty()) return null();
    return add_global(llvm::ConstantArray::get(llvm::ArrayType::get(type, rows.size()), rows), name, true);
  }

  /// struct dnnc_program
  void add_program(const std::vector<llvm::Constant*>& entries, llvm::Constant* bind, const std::string& manifest,
                   const ProgramNames& names) {
    const std::vector<llvm::Constant*> on_device = views();
    llvm::Constant* table = table_of(types_.entry, entries, "entries");
    llvm::Constant* fields[] = {add_text(manifest, "manifest"),
                                ir_.getInt64(manifest.size()),
                                table,
                                ir_.getInt64(entries.size()),
                                bind,
                                device(),
                                table_of(types_.view, on_device, "views"),
                                ir_.getInt64(on_device.size()),
                                names.next.empty() ? null() : module_->getOrInsertGlobal(names.next, types_.program)};
    auto* program = add_global(llvm::ConstantStruct::get(types_.program, fields), names.own, true);
    program->setLinkage(llvm::GlobalValue::ExternalLinkage);
  }

  const Plan& plan_;
  llvm::LLVMContext& context_;
  const CTypes types_;
  std::unique_ptr<llvm::Module> module_;
  llvm::IRBuilder<> ir_;
  StepBuffers buffers_;
  std::vector<OpenLoop> loops_;     ///< around what is being made, outermost first
  llvm::Value* outcome_ = nullptr;  ///< of a task: where it tells its fault
};

}  // namespace

std::unique_ptr<llvm::Module> make_step(const Plan& plan, const std::string& manifest, llvm::LLVMContext& context,
                                        const ProgramNames& names) {
  const auto machine = host_machine();
  const llvm::DataLayout layout = machine->createDataLayout();
  auto module = StepBuilder(plan, context, layout).build(manifest, names);
  module->setTargetTriple(machine->getTargetTriple().str());
  std::string faults;
  llvm::raw_string_ostream stream(faults);
  check(!llvm::verifyModule(*module, &stream), "native: the step is not valid: " + faults);
  return module;
}

}  // namespace dnnc
