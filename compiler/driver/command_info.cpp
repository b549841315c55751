#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/device_time.h"
#include "compiler/driver/emit.h"
#include "compiler/driver/kept_for_loops.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/work.h"
#include "compiler/support/grouped.h"
#include "compiler/support/unicode.h"
#include "runtime/program/aligned_memory.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"

namespace dnnc {
namespace {

using Json = nlohmann::ordered_json;

/// What a stream of draws is called: by what draws from it first.
std::map<std::string, std::string> names_of_streams(const std::vector<EntryGraph>& graphs) {
  std::map<std::string, std::string> names;
  for (const EntryGraph& graph : graphs)
    for (const Node& node : graph.graph.nodes) {
      const auto* formula = std::get_if<Comprehension>(&node.kind);
      if (!formula) continue;
      for_each(formula->body, [&](const Expression& part) {
        const auto* draw = std::get_if<Draw>(&part.kind);
        const auto* stream = draw ? std::get_if<uint64_t>(&draw->stream) : nullptr;
        if (stream) names.try_emplace(std::to_string(*stream), node.name + ".stream");
      });
    }
  return names;
}

/// What `info` says of code for one target: memory, what loops keep, and launches where it is a device.
Json describe_target(TargetName target, const std::vector<EntryGraph>& graphs, std::optional<DeviceModelName> model) {
  const Plan whole = plan(graphs, target_of(target));
  Json json = {{"target", runtime::word_of(target)},
               {"memory",
                {{"bytes", runtime::AlignedMemory::allocated(whole.arena_bytes, whole.memory)},
                 {"kept", whole.kept_bytes},
                 {"buffers", Json::array()}}},
               {"kept_for_loops", Json::array()}};
  for (const Entry& entry : whole.entries)
    if (entry.kind == EntryKind::Train)
      for (const KeptForLoop& kept : kept_for_loops(whole, entry))
        json["kept_for_loops"].push_back(
            {{"trips", kept.trips}, {"bytes", kept.bytes}, {"arrays", kept.arrays}, {"passing", kept.passing}});
  if (is_device(target)) {
    const std::unique_ptr<Backend> backend = code_generator().backend_of(target_of(target));
    for (const Entry& entry : whole.entries)
      if (entry.kind == EntryKind::Train) {
        const StepUse use = use_of(whole, entry, *backend);
        json["launches"] = use.launches;
        json["launch"] = {{"threads", use.threads}, {"words", use.words}};
        json["device"] = {{"operations", use.operations}, {"bytes", use.bytes}};
        if (model)
          json["predicted"] = {{"model", runtime::word_of(*model)},
                               {"seconds", predicted_seconds(whole, entry, *backend, model_of(*model))}};
      }
  }
  const std::map<std::string, std::string> streams = names_of_streams(graphs);
  for (const Buffer& buffer : whole.buffers) {
    const auto stream = streams.find(buffer.name);
    json["memory"]["buffers"].push_back({{"name", stream == streams.end() ? buffer.name : stream->second},
                                         {"offset", buffer.offset},
                                         {"bytes", buffer.bytes}});
  }
  return json;
}

/// What `info` says of one run, as JSON; the text form is made from it. Of one target all stands in it, of several in a list.
Json describe(Session& session, const Training& training, const std::vector<EntryGraph>& graphs) {
  Json json = {{runtime::event_key, runtime::word_of(runtime::Event::Info)},
               {runtime::schema_key, runtime::event_schema},
               {"run", training.name},
               {"net", training.net},
               {"batch", training.batch}};
  int64_t parameters = 0;
  Json list = Json::array();
  for (const ParameterInfo& parameter : training.parameters) {
    int64_t count = 1;
    for (int64_t extent : parameter.shape) count *= extent;
    if (parameter.role == InputRole::Parameter) parameters += count;
    list.push_back(
        {{"path", parameter.path}, {"shape", parameter.shape}, {"count", count}, {"optimizer", parameter.optimizer}});
  }
  json["parameters"] = parameters;
  json["tensors"] = list;
  json["layers"] = Json::array();
  for (const LayerInfo& layer : training.layers)
    json["layers"].push_back({{"path", layer.path},
                              {"definition", layer.definition},
                              {"written", runtime::shown(session.sources().line_of(layer.span))},
                              {"shape", layer.shape},
                              {"parameters", layer.parameters}});
  double forward = 0, step = 0;
  bool compiles = true;
  for (const EntryGraph& graph : graphs) {
    if (graph.kind == EntryKind::Evaluate) forward = flops(graph.graph);
    if (graph.kind == EntryKind::Train) step = flops(graph.graph);
    compiles = compiles && !unsupported(graph.graph);
  }
  json["flops"] = {{"forward", forward}, {"backward", step - forward}};
  if (!compiles) return json;
  const std::vector<TargetName> targets = session.options().made_for();
  const std::optional<DeviceModelName> model = session.options().device_model;
  if (targets.size() == 1) json.update(describe_target(targets.front(), graphs, model));
  for (const TargetName target : targets)
    if (targets.size() > 1) json["targets"].push_back(describe_target(target, graphs, model));
  return json;
}

std::string shape_text(const Json& shape) {
  std::string text;
  for (const Json& extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent.get<int64_t>());
  return text.empty() ? "1" : text;
}

std::string bytes_text(double bytes) {
  if (bytes < 1024) return fmt::format("{} B", static_cast<int64_t>(bytes));
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", bytes / 1024);
  return fmt::format("{:.1f} MiB", bytes / (1024 * 1024));
}

std::string listed(const Json& names) {
  std::string text;
  for (const Json& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

/// No longer than a column of a table.
std::string shortened(const std::string& text) {
  constexpr size_t most = 40;
  const std::string end = " ...";
  if (count_characters(text) <= most) return text;
  size_t bytes = 0;
  for (size_t character = 0; character < most - end.size(); ++character)
    bytes += decode_character(std::string_view(text).substr(bytes)).bytes;
  return text.substr(0, bytes) + end;
}

/// Columns as wide as what stands in them, with an empty line behind; nothing where a net has no layers.
std::string layer_table(const Json& layers) {
  if (layers.empty()) return "";
  std::vector<std::array<std::string, 4>> rows = {{"layer", "as it is written", "result", "parameters"}};
  for (const Json& layer : layers) {
    rows.push_back({layer["path"].get<std::string>(), shortened(layer["written"].get<std::string>()),
                    shape_text(layer["shape"]), grouped(layer["parameters"])});
  }
  std::array<size_t, 4> widths = {};
  for (const auto& row : rows)
    for (size_t k = 0; k < widths.size(); ++k) widths[k] = std::max(widths[k], count_characters(row[k]));
  std::string text;
  for (const auto& row : rows)
    text += fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}\n", row[0], widths[0], row[1], widths[1], row[2], widths[2],
                        row[3], widths[3]);
  return text + "\n";
}

/// The lines that are about code for a target.
std::string target_text(const Json& json) {
  std::string text = fmt::format("memory: {}, of which {} are kept between steps\n",
                                 bytes_text(json["memory"]["bytes"]), bytes_text(json["memory"]["kept"]));
  for (const Json& kept : json["kept_for_loops"]) {
    text += fmt::format("kept for a loop of {} trips: {} of {}\n", kept["trips"].get<int64_t>(),
                        bytes_text(kept["bytes"]), listed(kept["arrays"]));
    if (!kept["passing"].empty()) text += fmt::format("for one trip alone: {}\n", listed(kept["passing"]));
  }
  if (json.contains("launches"))
    text += fmt::format("launches a step: {}, of groups of {} threads at most, which keep {} words each\n",
                        json["launches"].get<int64_t>(), json["launch"]["threads"].get<int64_t>(),
                        json["launch"]["words"].get<int64_t>());
  if (json.contains("predicted"))
    text +=
        fmt::format("work on the device a step: {:.3g} operations, {}\npredicted for {}: {:.1f} us a step\n",
                    json["device"]["operations"].get<double>(), bytes_text(json["device"]["bytes"]),
                    json["predicted"]["model"].get<std::string>(), json["predicted"]["seconds"].get<double>() * 1e6);
  return text;
}

std::string text_of(const Json& json) {
  std::string text = fmt::format("{}: net {}, batch {}\n\n", json["run"].get<std::string>(),
                                 json["net"].get<std::string>(), json["batch"].get<int64_t>());
  text += layer_table(json["layers"]);
  text += fmt::format("parameters in all {}\n", grouped(json["parameters"]));
  text += fmt::format("operations a step: {:.3g} forward, {:.3g} backward and update\n",
                      json["flops"]["forward"].get<double>(), json["flops"]["backward"].get<double>());
  if (json.contains("memory")) text += target_text(json);
  for (const Json& target : json.value("targets", Json::array()))
    text += fmt::format("\nfor {}\n", target["target"].get<std::string>()) + target_text(target);
  return text;
}

}  // namespace

int command_info(Session& session) {
  const std::optional<Model> model = read_model(session);
  if (!model) return runtime::exit_wrong;
  bool good = true, found = false;
  for (const Training& training : model->trainings) {
    if (!session.options().run.empty() && session.options().run != training.name) continue;
    found = true;
    const std::vector<EntryGraph> graphs = entry_graphs(session, *model, training);
    const Json run = describe(session, training, graphs);
    session.print(session.options().running.json ? run.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"
                                                 : text_of(run));
    good = show_and_judge(session, *model, training, graphs) && good;
  }
  if (!found) chosen_run(session, *model);  // throws
  return good ? runtime::exit_done : runtime::exit_wrong;
}

}  // namespace dnnc
