#include "compiler/report/page.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "compiler/report/picture_text.h"
#include "compiler/support/check.h"
#include "runtime/files/sha256.h"
#include "runtime/program/json.h"

namespace dnnc {
namespace {

std::string_view part_named(std::string_view name) {
  for (const EmbeddedText& part : report_page_parts())
    if (part.name == name) return part.text;
  check(false, "the page of reports has no part " + std::string(name));
  return "";
}

/// What draws the curves, with what its authors want to be said of it.
std::string library_script() {
  return fmt::format("/*\n{}*/\n{}", part_named("dygraphs_licence.txt"), part_named("dygraph.min.js"));
}

/// All scripts of the page but the library, in the order of their names.
std::string own_script() {
  std::string script;
  for (const EmbeddedText& part : report_page_parts())
    if (const std::string_view name = part.name; name.ends_with(".js") && name[1] == '_') script += part.text;
  return script;
}

int digit_of(char letter) { return letter <= '9' ? letter - '0' : letter - 'a' + 10; }

/// A hash of hexadecimal digits in the letters that a policy of a page has.
std::string base64_of_hex(const std::string& digits) {
  std::string bytes;
  for (size_t at = 0; at + 1 < digits.size(); at += 2)
    bytes += static_cast<char>(digit_of(digits[at]) << 4 | digit_of(digits[at + 1]));
  return base64(bytes);
}

/// The browser runs these scripts and no others, and loads nothing.
std::string policy_of(const std::vector<std::string>& scripts, PageUse use) {
  std::string allowed;
  for (const std::string& script : scripts)
    allowed += fmt::format(" 'sha256-{}'", base64_of_hex(runtime::sha256(script.data(), script.size())));
  return fmt::format(
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src{}; connect-src {}; base-uri 'none'; "
      "form-action 'none'",
      allowed, use == PageUse::Served ? "'self'" : "'none'");
}

}  // namespace

std::string json_in_page(const nlohmann::json& json) {
  std::string text;
  const std::string plain = runtime::json_text(json);
  for (size_t at = 0; at < plain.size(); ++at) {
    const char letter = plain[at];
    const std::string_view three = std::string_view(plain).substr(at, 3);
    if (letter == '<' || letter == '>' || letter == '&') {
      text += fmt::format("\\u{:04x}", static_cast<unsigned char>(letter));
    } else if (three == "\u2028" || three == "\u2029") {
      text += three == "\u2028" ? "\\u2028" : "\\u2029";
      at += 2;
    } else {
      text += letter;
    }
  }
  return text;
}

std::string report_page(const nlohmann::json& report, PageUse use) {
  const std::string library = library_script(), script = own_script();
  const std::string data = json_in_page(report);
  const auto value_of = [&](std::string_view mark) -> std::string {
    if (mark == "policy") return policy_of({library, script}, use);
    if (mark == "style") return std::string(part_named("page.css"));
    if (mark == "library") return library;
    if (mark == "script") return script;
    check(mark == "data", "the page of reports has a mark that nobody knows");
    return data;
  };
  // One walk over the page's own text: what is put in is not looked at again.
  const std::string_view page = part_named("page.html");
  std::string text;
  for (size_t at = 0;;) {
    const size_t begin = page.find('@', at), end = begin == page.npos ? page.npos : page.find('@', begin + 1);
    text += page.substr(at, begin == page.npos ? page.npos : begin - at);
    if (end == page.npos) return text;
    text += value_of(page.substr(begin + 1, end - begin - 1));
    at = end + 1;
  }
}

}  // namespace dnnc
