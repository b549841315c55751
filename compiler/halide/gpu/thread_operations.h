#pragma once
#include <Halide.h>

namespace dnnc {

/// Instructions that a thread needs for what the statement computes: what is loaded from memory that is not its own, once in each
/// body of a loop, what is stored there, and each operation of floating point; a product that is added is one with its sum. Loops
/// count with their trips, of a choice the branch with more. Subscripts, conditions and what a thread waits for count nothing.
double thread_operations(const Halide::Internal::Stmt& statement);

}  // namespace dnnc
