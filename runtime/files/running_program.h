#pragma once
#include <string>

namespace dnnc::runtime {

/// The path of the running program, behind all links: what belongs to it lies beside it. Throws Failure where the system does not
/// tell; a folder that depends on where the command was given is never taken for it.
std::string running_program();
/// What the system calls it, also where its path is not to be had.
inline constexpr const char* running_program_link = "/proc/self/exe";

}  // namespace dnnc::runtime
