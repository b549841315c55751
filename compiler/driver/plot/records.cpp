#include "compiler/driver/plot/records.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/run/record_files.h"

namespace dnnc {

std::string record_weights(const std::string& folder) {
  for (const char* name : {runtime::record_files::best, runtime::record_files::last})
    if (const std::string path = folder + "/" + name; runtime::file_exists(path)) return path;
  throw runtime::Failure(runtime::exit_input_output,
                         folder + ": no record of a training: it has no weights; --record FOLDER makes one");
}

Options of_record(Options options, const std::string& folder) {
  const std::string path = folder + "/" + runtime::record_files::record;
  if (!runtime::file_exists(path))
    throw runtime::Failure(runtime::exit_input_output,
                           folder + ": no record of a training: it has no record.json; --record FOLDER makes one");
  const std::vector<char> bytes = runtime::read_file(path);
  const nlohmann::json record = runtime::parse_json({bytes.data(), bytes.size()});
  const auto text = [&](const nlohmann::json& json, const char* name) {
    const nlohmann::json value = json.is_object() ? json.value(name, nlohmann::json()) : nlohmann::json();
    return value.is_string() ? value.get<std::string>() : "";
  };
  options.file = text(record, "program");
  if (options.file.empty()) throw runtime::Failure(runtime::exit_wrong, path + ": it names no program");
  if (!runtime::file_exists(options.file))
    throw runtime::Failure(runtime::exit_input_output,
                           fmt::format("{}: its program {} is not there; give FILE --weights {}", folder, options.file,
                                       record_weights(folder)));
  if (options.running.weights.empty()) options.running.weights = record_weights(folder);
  const nlohmann::json settings = record.value("settings", nlohmann::json::object());
  if (options.run.empty()) options.run = text(settings, "run");
  if (options.running.data.empty()) options.running.data = text(settings, "data");
  const nlohmann::json constants =
      settings.is_object() ? settings.value("constants", nlohmann::json()) : nlohmann::json();
  if (constants.is_object())
    for (const auto& [name, value] : constants.items())
      if (value.is_string()) options.constants.emplace(name, value.get<std::string>());
  return options;
}

}  // namespace dnnc
