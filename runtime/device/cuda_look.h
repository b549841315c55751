#pragma once

namespace dnnc::runtime::cuda {

/// The kernel of opencl_queue.cpp again, as drivers of CUDA take it: look(memory, stretches, count, found).
extern const char* const look_text;

}  // namespace dnnc::runtime::cuda
