#include "compiler/driver/manifest.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "compiler/kernels/guards.h"
#include "compiler/kernels/memory_plan.h"
#include "compiler/support/check.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

// What sema and the plan know becomes what the runtime must know. Places in the texts become words here and nowhere else:
// `Filler::place_of`.
namespace dnnc {
namespace {

/// Every buffer that entries know by a name and role, with the first port that names it.
std::map<std::string, const Entry::Port*> kept_ports(const Plan& plan) {
  std::map<std::string, const Entry::Port*> ports;
  for (const Entry& entry : plan.entries)
    for (const Entry::Port& port : entry.inputs)
      if (port.role != InputRole::Field && port.role != InputRole::Setting) ports.emplace(port.name, &port);
  return ports;
}

/// A text that changes whenever weights of one program may not fit the other: every tensor's path and shape, the net.
std::string fingerprint(const Training& training) {
  std::string text = training.net;
  for (const ParameterInfo& parameter : training.parameters) {
    text += "\n" + parameter.path;
    for (const int64_t extent : parameter.shape) text += fmt::format(" {}", extent);
  }
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

class Filler {
 public:
  Filler(const Plan& plan, const Sources& sources, const ManifestOptions& options)
      : plan_(plan), sources_(sources), options_(options) {}

  std::string place_of(Span span) const { return sources_.describe(span); }

  runtime::DataValue value(const DataValue& written) const {
    runtime::DataValue result{.kind = runtime::DataValue::Kind{static_cast<uint8_t>(written.kind)},
                              .number = written.number,
                              .text = written.text,
                              .name = written.name};
    for (const DataValue& item : written.items) result.items.push_back(value(item));
    for (const DataValue& item : written.named) result.named.push_back(value(item));
    std::ranges::sort(result.named, {}, &runtime::DataValue::name);
    if (written.kind == DataValue::Kind::Call) result.place = place_of(written.place);
    return result;
  }

  runtime::DataDescription data(const DataSet& data) const {
    runtime::DataDescription result{.name = data.name,
                                    .source = value(data.source),
                                    .raw = data.raw,
                                    .inputs = data.inputs,
                                    .target = data.target,
                                    .splits = data.splits,
                                    .augment = data.augment};
    return result;
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
      add(*found->second, place_of(parameter.span));
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
    for (const runtime::FittedInfo& field : data.fitted)
      fields.push_back({field, offset(field.field + ".mean"), offset(field.field + ".deviation")});
    return fields;
  }

  runtime::EntryInfo entry(const Entry& entry, size_t number) const {
    runtime::EntryInfo info{.kind = entry.kind, .batch = entry.batch, .code = number, .arena_bytes = entry.arena_bytes};
    for (const Entry::Port& port : entry.inputs) info.inputs.push_back({runtime_port(port), port.role});
    for (const Entry::Port& port : entry.outputs) info.outputs.push_back({runtime_port(port), port.output});
    add_guards(entry, info);
    info.step = entry.step;
    runtime::for_each_call(entry.step, [&](size_t number, const runtime::Nest& nest) {
      info.calls.push_back(call(entry.calls[number], runtime::trips_of(nest.loops)));
    });
    return info;
  }

 private:
  void add_guards(const Entry& entry, runtime::EntryInfo& info) const {
    std::map<BufferId, size_t> numbers;
    for (const BufferId witness : buffers_in_bounds(entry)) {
      numbers[witness] = info.witnesses.size();
      info.witnesses.push_back({offset_of(witness), plan_.buffers[witness].bytes});
    }
    for (const Entry::Guard& guard : entry.guards) {
      const Buffer& buffer = plan_.buffers[guard.buffer];
      info.guards.push_back({guard.name, place_of(guard.span), buffer.offset, buffer.bytes});
      for (const BoundTerm& term : guard.bound) {
        runtime::Guard::Term& written = info.guards.back().bound.emplace_back(term.factor);
        for (const BufferId witness : term.buffers) written.witnesses.push_back(numbers.at(witness));
      }
    }
  }

  int64_t offset_of(BufferId buffer) const { return plan_.buffers[buffer].offset; }

  runtime::Port runtime_port(const Entry::Port& port) const {
    return {port.name, plan_.buffers[port.buffer].storage, port.extents, offset_of(port.buffer)};
  }

  /// A call of a kernel, for bench: what it is and what it has to do in so many trips. Memory that it reads and writes
  /// counts twice.
  runtime::CallInfo call(const KernelCall& call, int64_t trips) const {
    const Kernel& kernel = plan_.kernels[call.kernel];
    int64_t bytes = 0;
    for (size_t k = 0; k < call.buffers.size(); ++k) {
      const auto window = call.window(k);
      bytes += window ? window->bytes : plan_.buffers[call.buffers[k]].bytes;
    }
    const auto times = static_cast<double>(trips);
    return {kernel.symbol,
            kernel.kind,
            call.name,
            place_of(call.span),
            times * options_.useful_flops(kernel),
            times * static_cast<double>(bytes)};
  }

  const Plan& plan_;
  const Sources& sources_;
  const ManifestOptions& options_;
};

std::string text_of(const Sources& sources, const std::string& file) {
  for (uint32_t number = 0; number < sources.size(); ++number)
    if (sources.name(SourceId{number}) == file) return std::string(sources.text(SourceId{number}));
  return "";
}

}  // namespace

std::string graph_key(Graph graph) {
  graph.name.clear();  // that of the run
  const std::string text = print(graph);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

runtime::Manifest make_manifest(const Model& model, const Training& training, const Plan& plan, const Sources& sources,
                                const ManifestOptions& options) {
  const Filler filler(plan, sources, options);
  runtime::Manifest manifest{.file = model.file,
                             .source = text_of(sources, model.file),
                             .hash = fingerprint(training),
                             .net_key = options.net_key,
                             .step_key = options.step_key,
                             .machine = {options.target, text_of(options.processor), options.processor.vector_floats},
                             .arena_bytes = plan.arena_bytes,
                             .kept_bytes = plan.kept_bytes,
                             .run = training,
                             .tensors = filler.tensors(training),
                             .fitted = filler.fitted(training.data),
                             .outputs = training.outputs,
                             .metrics = training.metrics,
                             .layers = {training.layers.begin(), training.layers.end()},
                             .data = filler.data(training.data),
                             .folder = options.data_folder};
  for (const Entry& entry : plan.entries) manifest.entries.push_back(filler.entry(entry, manifest.entries.size()));
  for (const Contract& contract : model.contracts)
    if (!contract.settled)
      manifest.contracts.push_back({contract.text, filler.place_of(contract.span), contract.condition});
  if (options.check_memory) manifest.memory = memory_plan(plan);
  return manifest;
}

}  // namespace dnnc
