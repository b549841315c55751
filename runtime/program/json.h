#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

/// The only places of the runtime that read and print JSON: each further one is tens of kilobytes of code in every trainer.
namespace dnnc::runtime {

/// The value of a text; one that `is_discarded()` where the text is no JSON or nested deeper.
nlohmann::json parse_json(std::string_view text, int most_depth = 1000);

/// Without blanks. What is no UTF-8, as names in files may be, becomes U+FFFD.
std::string json_text(const nlohmann::json& json);

/// A text as JSON has it, between quotes; what is no UTF-8 likewise.
std::string json_quoted(std::string_view text);
/// A number that is finite, with all its digits.
std::string json_exact(double number);

/// A text as it comes back from JSON.
std::string text_from_json(const std::string& text);

}  // namespace dnnc::runtime
