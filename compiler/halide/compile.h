#pragma once
#include <string>
#include <vector>

#include "compiler/halide/backend.h"
#include "compiler/kernels/kernel.h"

namespace dnnc {

/// An ELF object with a function `symbol` for each kernel: int f(halide_buffer_t* i0, ..., halide_buffer_t* o0, ...).
/// No runtime, no bounds queries, no asserts. The code of a kernel does not depend on the others. At least one kernel, all
/// different. Throws InternalError for what it cannot compile.
std::vector<char> compile_object(const std::vector<const Kernel*>& kernels, const Backend& backend);

/// The lowered statement or the assembly, for --emit=stmt and --emit=asm.
std::string kernel_statement(const Kernel& kernel, const Backend& backend);
std::string kernel_assembly(const Kernel& kernel, const Backend& backend);

/// The kernels of a program shared out over objects. An object costs some 10 ms whatever is in it, so kernels share one;
/// but few do, so that there is work for all threads and a change of one kernel leaves most objects in the cache. Depends
/// on the kernels alone, never on the machine or the cache: so do the bytes of a trainer.
std::vector<std::vector<const Kernel*>> share_out(const Plan& plan);

/// An object of each share, compiled on `threads` threads, through the disk cache in `cache_folder` (empty: none). Key:
/// canonical texts, text of the target, versions; an entry carries its hash and is made again if it does not fit.
std::vector<std::vector<char>> compile_objects(const std::vector<std::vector<const Kernel*>>& shares,
                                               const Backend& backend, const std::string& cache_folder, int threads);
/// Those of share_out(plan).
std::vector<std::vector<char>> compile_kernels(const Plan& plan, const Backend& backend,
                                               const std::string& cache_folder, int threads);

}  // namespace dnnc
