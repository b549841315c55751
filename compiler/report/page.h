#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "compiler/support/embedded_text.h"

namespace dnnc {

/// JSON as it may stand in a script of a page, whatever its texts hold: no `<`, `>` or `&`, and none of the line ends that scripts
/// once knew beside those of JSON. What is no UTF-8 becomes U+FFFD.
std::string json_in_page(const nlohmann::json& json);

/// Where the page is looked at: in a file of its own, or served while the training runs.
enum class PageUse : uint8_t { File, Served };

/// The whole page: all that comes from data or programs is in its JSON, and its own script puts it there as text (docs/report.md).
std::string report_page(const nlohmann::json& report, PageUse use);

/// What the page is made of, embedded: its text, its looks, its scripts and the library that draws curves.
const std::vector<EmbeddedText>& report_page_parts();

}  // namespace dnnc
