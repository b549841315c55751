#include <fmt/core.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/own_library.h"
#include "compiler/driver/report_maker.h"
#include "compiler/driver/watch.h"
#include "compiler/records/record.h"
#include "compiler/report/page.h"
#include "compiler/report/server/serve.h"
#include "runtime/files/files.h"
#include "runtime/files/streams.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/exit_codes.h"
#include "runtime/program/interrupt.h"
#include "runtime/program/shown.h"

namespace dnnc {
namespace {

/// Beside what it is about.
constexpr const char* usual_page = "report.html";

const PageServer& page_server() {
  static constexpr OwnLibrary library = {"libdnnc_serve.so", "server of pages"};
  static const PageServer* const table = load_table<decltype(&dnnc_page_server)>(library, "dnnc_page_server")();
  return *table;
}

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

int command_watch(Session& session) {
  ReportMaker maker(session, session.options().file);
  maker.view(true);  // whatever is wrong with the record is said now
  const runtime::InterruptGuard until_it_is_asked_to_end;
  const ServedPage page = {.page = [&] { return report_page(maker.view(true), PageUse::Served); },
                           .data = [&] { return json_in_page(maker.view(true)); },
                           .state = [&] { return records_state(session.options().file); },
                           .ended = [] { return runtime::interrupted() != 0; },
                           .begun = [&](const std::string& address) { session.print(fmt::format("{}\n", address)); }};
  const auto code = [] { return runtime::exit_code_of(runtime::interrupted()); };
  // Who asks slowly does not keep it from ending.
  const Watch watch([] { return runtime::interrupted() != 0; }, [&] { std::_Exit(runtime::end_streams(code())); });
  page_server().serve(page);
  return code();
}

}  // namespace dnnc
