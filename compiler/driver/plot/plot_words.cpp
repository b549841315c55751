#include "compiler/driver/plot/plot_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/program/nearest.h"

namespace dnnc {
namespace {

/// What names of pictures end with.
std::string endings() {
  std::string text;
  for (const auto& [format, word] : runtime::words<chart::Format>)
    text += fmt::format("{}.{}", text.empty() ? "" : format == chart::Format::Json ? " or " : ", ", word);
  return text;
}

}  // namespace

std::string help_of_plots(const runtime::CommandLine& line, const Command& command, const PlotKind* kind) {
  const std::string call = fmt::format("dnnc {} ", command.form.name);
  if (kind)
    return fmt::format("dnnc {} {} -o PICTURE [options]: {}\n\n{}{}", kind->form.name, kind->words.form, kind->form.doc,
                       line.help(&kind->form), runtime::examples_of(kind->form, "dnnc", ""));
  std::string text = fmt::format("{}{} -o PICTURE [options]: {}\n\nkinds:\n", call, command.argument, command.form.doc);
  for (const PlotKind& row : plot_kinds())
    text += fmt::format("  {:<34}{}\n", fmt::format("{} {}", row.word(), row.words.form), row.form.doc);
  return text + runtime::examples_of(command.form, "dnnc", "") +
         fmt::format("\nA picture is a {} by its name; `{}KIND --help` lists the options of a kind\n", endings(), call);
}

std::string take_plot_words(const PlotKind* kind, Options& options) {
  std::vector<std::string>& words = options.words;
  std::vector<std::string> kinds;
  for (const PlotKind& row : plot_kinds()) kinds.push_back(row.word());
  if (words.empty()) return fmt::format("what is to be drawn? There are {}", fmt::join(kinds, ", "));
  if (!kind) {
    const std::optional<std::string> near = runtime::nearest(words[0], kinds);
    return fmt::format(
        "there is no picture `{}`; {}", words[0],
        near ? fmt::format("did you mean `{}`?", *near) : fmt::format("there are {}", fmt::join(kinds, ", ")));
  }
  if (std::ranges::count(words, "") > 0) return "one of the words is empty";
  const PlotWords& takes = kind->words;
  const bool ends_with_program = words.size() > 1 && words.back().ends_with(program_ending);
  if (takes.program && (takes.most == 1 || ends_with_program)) {
    if (words.size() > 1) options.file = words.back();
    if (takes.most > 1) words.pop_back();
  }
  const std::string usage = fmt::format("dnnc {} {}", kind->form.name, takes.form);
  if (words.size() - 1 < takes.least) return fmt::format("something is missing: {}", usage);
  if (words.size() - 1 > takes.most) return fmt::format("`{}` is one word too many: {}", words[1 + takes.most], usage);
  return "";
}

std::string fault_of_picture(const PlotKind* kind, const Options& options) {
  if (!kind && options.output.empty()) return "";
  if (options.output.empty())
    return fmt::format("{} needs {} {}, a name that ends with {}", kind->form.name, runtime::output_option,
                       runtime::placeholders::file, endings());
  if (format_of(options.output)) return "";
  return fmt::format("{}: the name `{}` does not end with {}", runtime::output_option, options.output, endings());
}

}  // namespace dnnc
