#pragma once
#include "compiler/halide/compile.h"
#include "compiler/halide/structure/contraction.h"
#include "compiler/native/native.h"

namespace dnnc {

/// What halide/ and native/ do, as a table: they live in a library of their own, libdnnc_codegen.so, that is loaded when
/// code is first made. Halide and LLVM take a tenth of a second to load, and most commands need neither.
struct CodeGenerator {
  decltype(&::dnnc::backend_of) backend_of;
  decltype(&::dnnc::kernel_statement) kernel_statement;
  decltype(&::dnnc::kernel_assembly) kernel_assembly;
  decltype(&::dnnc::kernel_use) kernel_use;
  decltype(&::dnnc::compile_kernels) compile_kernels;
  decltype(&::dnnc::useful_flops) useful_flops;
  decltype(&::dnnc::step_text) step_text;
  decltype(&::dnnc::load_program) load_program;
  decltype(&::dnnc::link_trainer) link_trainer;
  decltype(&::dnnc::link_library) link_library;
};

extern "C" const CodeGenerator* dnnc_code_generator();

}  // namespace dnnc
