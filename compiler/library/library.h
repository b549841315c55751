#pragma once
#include <vector>

#include "compiler/support/embedded_text.h"

namespace dnnc {

/// The standard library: every layer, activation, loss, metric, optimizer and schedule as formulas, a file a topic.
/// Each file is a whole program; they see each other's definitions.
const std::vector<EmbeddedText>& library_files();

/// One text: what other libraries call what ours has, for suggestions. Behind an empty line each line that is not empty
/// is `ours: theirs theirs`.
const std::vector<EmbeddedText>& words_of_others();

}  // namespace dnnc
