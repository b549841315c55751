#pragma once
#include <functional>
#include <string>
#include <vector>

#include "compiler/halide/backend.h"
#include "compiler/kernels/kernel.h"
#include "runtime/files/cache.h"

namespace dnnc {

/// An ELF object with a function `symbol` for each kernel: int f(halide_buffer_t* i0, ..., halide_buffer_t* o0, ...).
/// No runtime, no bounds queries. It returns 0, or the number of a fault: scratch memory that is not to be had is the only
/// one that it looks for. The code of a kernel does not depend on the others. At least one kernel, all
/// different. Throws InternalError for what it cannot compile.
std::vector<char> compile_object(const std::vector<const Kernel*>& kernels, const Backend& backend);

/// The lowered statement or the assembly, for --emit=stmt and --emit=asm.
std::string kernel_statement(const Kernel& kernel, const Backend& backend);
std::string kernel_assembly(const Kernel& kernel, const Backend& backend);

/// What a call of the kernel asks of a device: nothing where the backend's is the processor.
DeviceUse kernel_use(const Kernel& kernel, const Backend& backend);

/// The kernels of a program shared out over objects. An object costs some 10 ms whatever is in it, so kernels share one;
/// but few do, so that there is work for all threads and a change of one kernel leaves most objects in the cache; one each where
/// the backend wants that. Depends on the kernels and the kind of backend alone, never on the machine or the cache: so do the
/// bytes of a trainer.
std::vector<std::vector<const Kernel*>> share_out(const Plan& plan, const Backend& backend);

/// Called with the number of kernels of each object that is done, by any thread.
using KernelsDone = std::function<void(size_t)>;

/// An object of each share, compiled on `threads` threads, or from the cache. There an object is known by the canonical texts of
/// its kernels, the text of the target, and versions.
std::vector<std::vector<char>> compile_objects(const std::vector<std::vector<const Kernel*>>& shares,
                                               const Backend& backend, const runtime::Cache& cache, int threads,
                                               const KernelsDone& done = nullptr);
/// Those of share_out(plan, backend).
std::vector<std::vector<char>> compile_kernels(const Plan& plan, const Backend& backend, const runtime::Cache& cache,
                                               int threads, const KernelsDone& done = nullptr);

}  // namespace dnnc
