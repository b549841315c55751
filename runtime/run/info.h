#pragma once
#include <string>

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// What a trainer says of itself: parameters and memory, a line each.
std::string info_text(const Manifest& manifest);
/// That part of it which depends on the target.
std::string target_text(const Manifest& manifest);

/// The processor, as `devices` lists it.
std::string processor_line();

/// The same as the event `info`: run, net, batch, parameters, tensors (path, shape, count), memory (bytes, kept), target and
/// machine.
std::string info_json(const Manifest& manifest);

}  // namespace dnnc::runtime
