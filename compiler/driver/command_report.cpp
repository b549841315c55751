#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/report_maker.h"
#include "compiler/report/page.h"
#include "runtime/files/files.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/exit_codes.h"
#include "runtime/program/shown.h"

namespace dnnc {
namespace {

/// Beside what it is about.
constexpr const char* usual_page = "report.html";

}  // namespace

int command_report(Session& session) {
  const Options& options = session.options();
  const std::string path = options.output.empty() ? options.file + "/" + usual_page : options.output;
  ReportMaker maker(session, options.file);
  const nlohmann::json view = maker.view(false);
  runtime::expect_writable(path);
  const std::string page = report_page(view, PageUse::File);
  runtime::write_file(path, page.data(), page.size());
  for (const nlohmann::json& note : view["notes"]) session.tell(fmt::format("note: {}\n", note.get<std::string>()));
  session.print(fmt::format("{}: {}\n", runtime::shown(path), runtime::size_text(static_cast<int64_t>(page.size()))));
  return runtime::exit_done;
}

}  // namespace dnnc
