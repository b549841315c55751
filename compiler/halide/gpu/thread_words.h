#pragma once
#include <Halide.h>

#include <cstdint>

namespace dnnc {

/// Words of 4 bytes that a thread keeps at once while it does what the statement says, as we count them: arrays of its own,
/// names, what loops load more than once, and what an expression needs by the rule of Sethi and Ullman ("The generation of
/// optimal code for arithmetic expressions", 1970). A compiler of a device needs about as many registers; more than it has it
/// keeps in memory.
int64_t thread_words(const Halide::Internal::Stmt& statement);

}  // namespace dnnc
