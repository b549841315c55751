#include "compiler/codegen/codegen.h"

namespace dnnc {

const CodeGenerator* dnnc_code_generator() {
  static const CodeGenerator table = {backend_of,   kernel_statement, kernel_assembly, kernel_use,   compile_kernels,
                                      useful_flops, step_text,        load_program,    link_trainer, link_library};
  say_how_it_ends();
  return &table;
}

}  // namespace dnnc
