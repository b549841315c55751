#include <fmt/format.h>

#include <filesystem>

#include "compiler/driver/commands.h"
#include "compiler/driver/drawer.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/support/check.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"

namespace dnnc {

std::optional<chart::Format> format_of(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  for (const auto& [format, word] : runtime::words<chart::Format>)
    if (ending == std::string(".") + word) return format;
  return std::nullopt;
}

void write_picture(Session& session, const chart::Figure& figure) {
  const Options& options = session.options();
  const chart::Format format = format_of(options.output).value();
  const std::string bytes =
      format == chart::Format::Json ? chart::to_json(figure) : drawer().draw(figure, format, {options.theme, ""});
  runtime::expect_writable(options.output);  // by now all has been read that it must not replace
  runtime::write_file(options.output, bytes.data(), bytes.size());
  if (options.running.json) return;  // whose lines are events alone
  session.print(fmt::format("wrote {} ({} bytes)\n", runtime::shown(options.output), bytes.size()));
}

int command_plot(Session& session) {
  const Options& options = session.options();
  const PlotKind* const kind = find_plot_kind(options.words.front());
  check(kind != nullptr, "no picture " + options.words.front());
  note_drawer();
  runtime::expect_writable(options.output);
  const std::optional<chart::Figure> figure = kind->make(session);
  if (!figure) return runtime::exit_wrong;
  write_picture(session, *figure);
  return runtime::exit_done;
}

}  // namespace dnnc
