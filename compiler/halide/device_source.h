#pragma once
#include <string>

namespace Halide {
class Module;
}

namespace dnnc {

/// Halide numbers names through all that a process compiles, and begins most with that of the kernel. In the sources for devices
/// that the module holds they become short ones of the source's own, so that a kernel has the same source wherever it is compiled,
/// and the calls of what is renamed are made to fit. `symbol` is the kernel of the module.
Halide::Module with_plain_sources(const Halide::Module& module, const std::string& symbol);

/// The source for a device that the module holds. Throws InternalError where there is none.
std::string device_source(const Halide::Module& module);

}  // namespace dnnc
