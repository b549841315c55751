#pragma once
#include <string>

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// What a trainer says of itself: parameters and memory, a line each.
std::string info_text(const Manifest& manifest);

/// The same as the event `info`: run, net, batch, parameters, tensors (path, shape, count), memory (bytes, kept), target and
/// machine.
std::string info_json(const Manifest& manifest);

}  // namespace dnnc::runtime
