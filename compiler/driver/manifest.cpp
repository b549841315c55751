#include "compiler/driver/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/kernels/entry_info.h"
#include "compiler/kernels/memory_plan.h"
#include "compiler/support/check.h"
#include "runtime/program/json.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

// What sema and the plan know becomes what the runtime must know. Places in the texts become words here and nowhere else:
// `place_text`.
namespace dnnc {
namespace {

/// Every buffer that entries know by a name and role, with the first port that names it.
std::map<std::string, const Entry::Port*> kept_ports(const Plan& plan) {
  std::map<std::string, const Entry::Port*> ports;
  for (const Entry& entry : plan.entries)
    for (const Entry::Port& port : entry.inputs)
      if (port.role != InputRole::Field && port.role != InputRole::Setting && port.role != InputRole::Stream)
        ports.emplace(port.name, &port);
  return ports;
}

/// A name as it is, but for what is no UTF-8, which JSON has none of. Who prints it for people shows it with escapes.
std::string utf8_of(const std::string& name) {
  return runtime::parse_json(runtime::json_text(name)).get<std::string>();
}

std::string place_text(const Sources& sources, Span span) { return utf8_of(sources.describe(span)); }

runtime::DataValue data_value(const DataValue& written, const Sources& sources) {
  runtime::DataValue result{.kind = runtime::DataValue::Kind{static_cast<uint8_t>(written.kind)},
                            .number = written.number,
                            .whole = written.whole,
                            .text = written.text,
                            .name = written.name};
  for (const DataValue& item : written.items) result.items.push_back(data_value(item, sources));
  for (const DataValue& item : written.named) result.named.push_back(data_value(item, sources));
  std::ranges::sort(result.named, {}, &runtime::DataValue::name);
  if (written.kind == DataValue::Kind::Call) result.place = place_text(sources, written.place);
  return result;
}

class Filler {
 public:
  Filler(const Plan& plan, const Sources& sources) : plan_(plan), sources_(sources) {}

  std::string place_of(Span span) const { return place_text(sources_, span); }

  /// None where they are longer than weights carry.
  std::vector<runtime::Formula> formulas(const NetFormulas& net) const {
    std::vector<runtime::Formula> formulas;
    size_t bytes = 0;
    for (const auto& formula : net.formulas) {
      formulas.push_back({formula.text, place_of(formula.place)});
      bytes += formula.text.size() + 1;
    }
    return bytes <= runtime::most_formula_bytes ? formulas : std::vector<runtime::Formula>();
  }

  std::vector<runtime::StartRule> start(const Training& training) const {
    std::vector<runtime::StartRule> rules;
    for (const auto& rule : training.start) rules.push_back({rule.file, rule.paths, rule.theirs, place_of(rule.place)});
    return rules;
  }

  /// Parameters and states in the language's order, then what optimizers and averages keep.
  std::vector<runtime::Tensor> tensors(const Training& training) const {
    auto ports = kept_ports(plan_);
    std::vector<runtime::Tensor> tensors;
    const auto add = [&](const Entry::Port& port, const std::string& place) {
      tensors.push_back({{port.name, port.extents, port.role}, place, offset_of(port.buffer)});
    };
    for (const ParameterInfo& parameter : training.parameters) {
      const auto found = ports.find(parameter.path);
      if (found == ports.end()) continue;
      add(*found->second, place_of(parameter.use));
      ports.erase(found);
    }
    for (const auto& [path, port] : ports)
      if (port->role != InputRole::Fitted) add(*port, "");
    return tensors;
  }

  std::vector<runtime::FittedField> fitted(const DataSet& data) const {
    const auto ports = kept_ports(plan_);
    const auto offset = [&](const std::string& statistic) {
      const auto found = ports.find(statistic);
      check(found != ports.end(), "manifest: nothing reads " + statistic);
      return offset_of(found->second->buffer);
    };
    std::vector<runtime::FittedField> fields;
    for (const runtime::FittedInfo& field : data.fitted) {
      fields.push_back({field});
      for (const runtime::Statistic statistic : runtime::statistics_of(field.method))
        fields.back().offsets.push_back(offset(runtime::statistic_name(field.field, statistic)));
    }
    return fields;
  }

 private:
  int64_t offset_of(BufferId buffer) const { return plan_.buffers[buffer].offset; }

  const Plan& plan_;
  const Sources& sources_;
};

/// Floats of a vector; of a device, whose threads have each their own: 1.
int lanes_of(const Target& target) {
  const auto* processor = std::get_if<CpuTarget>(&target);
  return processor ? processor->vector_floats : 1;
}

/// The texts of a compilation are those of the program and of what it imports, in this order.
std::vector<runtime::SourceText> texts_of(const Sources& sources) {
  std::vector<runtime::SourceText> texts;
  for (uint32_t number = 0; number < sources.size(); ++number) {
    const std::string& text = sources.text(SourceId{number});
    texts.push_back({utf8_of(sources.name(SourceId{number})), text + (text.ends_with('\n') ? "" : "\n")});
  }
  return texts;
}

}  // namespace

std::string key_of(const std::string& text) { return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size())); }

std::string graph_key(Graph graph) { return key_of(print(without_names(std::move(graph)))); }

runtime::DataDescription data_description(const DataSet& data, const Sources& sources) {
  return {.name = data.name,
          .source = data_value(data.source, sources),
          .raw = data.raw,
          .inputs = data.inputs,
          .target = data.target,
          .splits = data.splits,
          .augment = data.augment};
}

runtime::Manifest make_manifest(const Model& model, const Training& training, const Plan& plan, const Sources& sources,
                                const ManifestOptions& options) {
  const Filler filler(plan, sources);
  const NetFormulas net = net_formulas(model, training);
  runtime::Manifest manifest{
      .file = model.file,
      .sources = texts_of(sources),
      .constants = options.constants,
      .net_key = key_of(net.key_text),
      .step_key = options.step_key,
      .machine = {options.target, text_of(options.machine), lanes_of(options.machine), plan.memory},
      .arena_bytes = plan.arena_bytes,
      .kept_bytes = plan.kept_bytes,
      .run = training,
      .start = filler.start(training),
      .tensors = filler.tensors(training),
      .fitted = filler.fitted(training.data),
      .outputs = training.outputs,
      .metrics = training.metrics,
      .layers = {training.layers.begin(), training.layers.end()},
      .formulas = filler.formulas(net),
      .data = data_description(training.data, sources),
      .folder = options.data_folder};
  manifest.entries = entry_infos(plan, {[&](Span span) { return filler.place_of(span); }, options.useful_flops});
  for (const Contract& contract : model.contracts)
    if (!contract.settled)
      manifest.contracts.push_back({contract.text, filler.place_of(contract.span), contract.condition});
  if (options.check_memory) manifest.memory = memory_plan(plan);
  return manifest;
}

}  // namespace dnnc
