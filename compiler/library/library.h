#pragma once
#include <vector>

#include "compiler/support/embedded_text.h"

namespace dnnc {

/// The standard library: every layer, activation, loss, metric, optimizer and schedule as formulas, a file a topic.
/// Each file is a whole program; they see each other's definitions.
const std::vector<EmbeddedText>& library_files();

}  // namespace dnnc
