#pragma once
#include <string>
#include <string_view>

namespace dnnc {

/// The JSON line for what is said without a Diagnostic: a note, a warning, an error of data, of a run or of the command line, as
/// people read it, `dnnc: note: …`; further lines are its notes. Empty for a text without words.
std::string render_told(std::string_view text);

}  // namespace dnnc
