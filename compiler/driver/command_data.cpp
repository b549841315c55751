#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/driver/commands.h"
#include "runtime/data/dataset.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"
#include "runtime/sets/data_cache.h"

namespace dnnc {
namespace {

runtime::CacheOptions cache_options(const Session& session) {
  runtime::CacheOptions options;
  const runtime::OwnFolder folder = runtime::data_folder();
  options.data_folder = folder.path;
  options.no_data_folder = folder.why_not;
  if (const char* python = std::getenv("DNNC_PYTHON"); python && *python) options.python = python;
  options.say = [&session](const std::string& line) { session.tell(runtime::shown(line) + "\n"); };
  return options;
}

using Names = std::vector<std::string>;

/// What `data` may do: the word, what stands behind it, and how many words of that there may be. `run` returns the exit code.
struct DataRow {
  const char* name;
  const char* behind;
  size_t least, most;
  int (*run)(const Session&, const runtime::CacheOptions&, const Names&);
};
constexpr size_t any_number = static_cast<size_t>(-1);
constexpr DataRow data_rows[] = {
    {"list", "", 0, 0,
     [](const Session& session, const runtime::CacheOptions& options, const Names&) -> int {
       for (const std::string& line : runtime::list_sets(options)) session.print(line + "\n");
       return runtime::exit_done;
     }},
    {"fetch", " [NAME...]", 0, any_number,
     [](const Session& session, const runtime::CacheOptions& options, const Names& names) -> int {
       const runtime::InterruptGuard until_nothing_lies_about;
       try {
         runtime::fetch_sets(names, options);
       } catch (const runtime::Interrupted&) {
         session.tell(runtime::interruption());
         return runtime::exit_code_of(runtime::interrupted());
       }
       return runtime::exit_done;
     }},
    {"verify", " [NAME...]", 0, any_number,
     [](const Session&, const runtime::CacheOptions& options, const Names& names) -> int {
       runtime::verify_sets(names, options);
       return runtime::exit_done;
     }},
    {"import", " NAME FILE", 2, 2,
     [](const Session&, const runtime::CacheOptions& options, const Names& names) -> int {
       runtime::import_set(runtime::known_set(names[0]), names[1], options);
       return runtime::exit_done;
     }},
};

int usage(const Session& session) {
  std::string all;
  for (const DataRow& row : data_rows) all += std::string(all.empty() ? "" : ", ") + row.name + row.behind;
  session.tell(fmt::format("dnnc: `{}` is followed by one of: {}\n", session.options().command, all));
  return runtime::exit_usage;
}

}  // namespace

int command_data(Session& session) {
  const std::vector<std::string>& words = session.options().words;
  const auto row = words.empty() ? std::end(data_rows) : std::ranges::find(data_rows, words[0], &DataRow::name);
  if (row == std::end(data_rows)) return usage(session);
  const Names names(words.begin() + 1, words.end());
  if (names.size() < row->least || names.size() > row->most) return usage(session);
  return row->run(session, cache_options(session), names);
}

}  // namespace dnnc
