#include <fmt/core.h>

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

int usage(const Session& session) {
  session.tell("dnnc: `data` is followed by one of: list, fetch [NAME...], verify [NAME...], import NAME FILE\n");
  return runtime::exit_usage;
}

}  // namespace

int command_data(Session& session) {
  const std::vector<std::string>& words = session.options().words;
  if (words.empty()) return usage(session);
  const runtime::CacheOptions options = cache_options(session);
  const std::vector<std::string> names(words.begin() + 1, words.end());
  if (words[0] == "list" && names.empty()) {
    for (const std::string& line : runtime::list_sets(options)) session.print(line + "\n");
  } else if (words[0] == "fetch") {
    const runtime::InterruptGuard until_nothing_lies_about;
    try {
      runtime::fetch_sets(names, options);
    } catch (const runtime::Interrupted&) {
      session.tell(runtime::interruption());
      return runtime::exit_code_of(runtime::interrupted());
    }
  } else if (words[0] == "verify") {
    runtime::verify_sets(names, options);
  } else if (words[0] == "import" && names.size() == 2) {
    runtime::import_set(runtime::known_set(names[0]), names[1], options);
  } else {
    return usage(session);
  }
  return runtime::exit_done;
}

}  // namespace dnnc
