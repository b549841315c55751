#pragma once
#include "runtime/program/manifest.h"

/// The members of each type of the manifest with the names that they have in JSON: the one list that reading and writing go
/// through. `visit(name, member)` is called for each.
namespace dnnc::runtime {

template <class Visit>
void members(Visit visit, Port& port) {
  visit("name", port.name);
  visit("storage", port.storage);
  visit("shape", port.shape);
  visit("offset", port.offset);
}
template <class Visit>
void members(Visit visit, InputPort& port) {
  members(visit, static_cast<Port&>(port));
  visit("role", port.role);
}
template <class Visit>
void members(Visit visit, OutputPort& port) {
  members(visit, static_cast<Port&>(port));
  visit("role", port.role);
}
template <class Visit>
void members(Visit visit, Guard& guard) {
  visit("name", guard.name);
  visit("place", guard.place);
  visit("offset", guard.offset);
  visit("bytes", guard.bytes);
  visit("bound", guard.bound);
}
template <class Visit>
void members(Visit visit, Guard::Term& term) {
  visit("factor", term.factor);
  visit("witnesses", term.witnesses);
}
template <class Visit>
void members(Visit visit, Witness& witness) {
  visit("offset", witness.offset);
  visit("bytes", witness.bytes);
}
template <class Visit>
void members(Visit visit, CallInfo& call) {
  visit("kernel", call.kernel);
  visit("kind", call.kind);
  visit("name", call.name);
  visit("place", call.place);
  visit("flops", call.flops);
  visit("bytes", call.bytes);
}
template <class Visit>
void members(Visit visit, EntryInfo& entry) {
  visit("kind", entry.kind);
  visit("batch", entry.batch);
  visit("code", entry.code);
  visit("arena_bytes", entry.arena_bytes);
  visit("inputs", entry.inputs);
  visit("outputs", entry.outputs);
  visit("guards", entry.guards);
  visit("looks", entry.looks);
  visit("takes", entry.takes);
  visit("witnesses", entry.witnesses);
  visit("calls", entry.calls);
  visit("step", entry.step);
}
template <class Visit>
void members(Visit visit, Step& step) {
  visit("compute", step.compute);
  visit("update", step.update);
}
template <class Visit>
void members(Visit visit, Loop& loop) {
  visit("extent", loop.extent);
  visit("direction", loop.direction);
  visit("trip", loop.trip);
  visit("body", loop.body);
  visit("at_work", loop.at_work);
  visit("strides_at_work", loop.strides_at_work);
  visit("idle", loop.idle);
}
template <class Visit>
void members(Visit visit, Window& window) {
  visit("bytes", window.bytes);
  visit("strides", window.strides);
  visit("lag", window.lag);
}
template <class Visit>
void members(Visit visit, Window::Lag& lag) {
  visit("loop", lag.loop);
  visit("trips", lag.trips);
  visit("before", lag.before);
  visit("strides", lag.strides);
}
template <class Visit>
void members(Visit visit, Argument& argument) {
  visit("buffer", argument.buffer);
  visit("window", argument.window);
}
template <class Visit>
void members(Visit visit, Tensor& tensor) {
  visit("path", tensor.path);
  visit("shape", tensor.shape);
  visit("role", tensor.role);
  visit("place", tensor.place);
  visit("offset", tensor.offset);
}
template <class Visit>
void members(Visit visit, FittedField& fitted) {
  visit("field", fitted.field);
  visit("shape", fitted.shape);
  visit("method", fitted.method);
  visit("place", fitted.place);
  visit("offsets", fitted.offsets);
}
template <class Visit>
void members(Visit visit, OutputInfo& output) {
  visit("name", output.name);
  visit("head", output.head);
  visit("classes", output.classes);
  visit("shape", output.shape);
  visit("target", output.target);
  visit("makes_target", output.makes_target);
  visit("standardized", output.standardized);
}
template <class Visit>
void members(Visit visit, NetInfo& net) {
  visit("path", net.path);
  visit("net", net.net);
  visit("entry", net.entry);
  visit("outputs", net.outputs);
  visit("inputs", net.inputs);
  visit("own_fields", net.own_fields);
}
template <class Visit>
void members(Visit visit, MeanInfo& mean) {
  visit("name", mean.name);
  visit("points", mean.points);
}
template <class Visit>
void members(Visit visit, MetricInfo& metric) {
  visit("name", metric.name);
  visit("means", metric.means);
  visit("shape", metric.shape);
  visit("axes", metric.axes);
}
template <class Visit>
void members(Visit visit, LayerInfo& layer) {
  visit("path", layer.path);
  visit("definition", layer.definition);
  visit("shape", layer.shape);
  visit("parameters", layer.parameters);
}
template <class Visit>
void members(Visit visit, Formula& formula) {
  visit("text", formula.text);
  visit("place", formula.place);
}
template <class Visit>
void members(Visit visit, LoopRule& rule) {
  visit("kind", rule.kind);
  visit("part", rule.part);
  visit("measure", rule.measure);
  visit("goal", rule.goal);
  visit("patience", rule.patience);
  visit("factor", rule.factor);
}
template <class Visit>
void members(Visit visit, RunInfo& run) {
  visit("name", run.name);
  visit("net", run.net);
  visit("batch", run.batch);
  visit("epochs", run.epochs);
  visit("seed", run.seed);
  visit("stop", run.stop);
  visit("keep", run.keep);
  visit("anneal", run.anneal);
  visit("averages", run.averages);
  visit("clips", run.clips);
}
template <class Visit>
void members(Visit visit, StartRule& start) {
  visit("file", start.file);
  visit("paths", start.paths);
  visit("theirs", start.theirs);
  visit("place", start.place);
}
template <class Visit>
void members(Visit visit, RawField& field) {
  visit("name", field.name);
  visit("shape", field.shape);
  visit("element", field.element.kind);
  visit("classes", field.element.classes);
  visit("bytes", field.bytes);
  visit("probability", field.probability);
  visit("precise", field.precise);
  visit("column", field.column);
  visit("reading", field.reading);
  visit("word", field.word);
  visit("optional", field.optional);
  visit("positive", field.positive);
  visit("least", field.least);
  visit("most", field.most);
}
template <class Visit>
void members(Visit visit, Split& split) {
  visit("part", split.part);
  visit("method", split.method);
  visit("share", split.share);
  visit("seed", split.seed);
  visit("by", split.by);
}
template <class Visit>
void members(Visit visit, Augmentation& augmentation) {
  visit("kind", augmentation.kind);
  visit("amount", augmentation.amount);
}
template <class Visit>
void members(Visit visit, DataDescription& data) {
  visit("name", data.name);
  visit("source", data.source);
  visit("raw", data.raw);
  visit("inputs", data.inputs);
  visit("target", data.target);
  visit("splits", data.splits);
  visit("augment", data.augment);
}
template <class Visit>
void members(Visit visit, Contract& contract) {
  visit("text", contract.text);
  visit("place", contract.place);
  visit("condition", contract.condition);
}
template <class Visit>
void members(Visit visit, MemoryPlan::Buffer& buffer) {
  visit("name", buffer.name);
  visit("offset", buffer.offset);
  visit("bytes", buffer.bytes);
}
template <class Visit>
void members(Visit visit, MemoryPlan::Call& call) {
  visit("inputs", call.inputs);
  visit("outputs", call.outputs);
}
template <class Visit>
void members(Visit visit, MemoryPlan::Entry& entry) {
  visit("inputs", entry.inputs);
  visit("outputs", entry.outputs);
  visit("calls", entry.calls);
  visit("guarded", entry.guarded);
}
template <class Visit>
void members(Visit visit, MemoryPlan& memory) {
  visit("buffers", memory.buffers);
  visit("entries", memory.entries);
  visit("kept_bytes", memory.kept_bytes);
}
template <class Visit>
void members(Visit visit, MemoryLayout& memory) {
  visit("alignment", memory.alignment);
  visit("slack", memory.slack);
}
template <class Visit>
void members(Visit visit, MachineInfo& machine) {
  visit("name", machine.name);
  visit("text", machine.text);
  visit("lanes", machine.lanes);
  visit("memory", machine.memory);
}
template <class Visit>
void members(Visit visit, SourceText& source) {
  visit("file", source.file);
  visit("text", source.text);
}
template <class Visit>
void members(Visit visit, Manifest& manifest) {
  visit("file", manifest.file);
  visit("sources", manifest.sources);
  visit("constants", manifest.constants);
  visit("net_key", manifest.net_key);
  visit("step_key", manifest.step_key);
  visit("machine", manifest.machine);
  visit("arena_bytes", manifest.arena_bytes);
  visit("kept_bytes", manifest.kept_bytes);
  visit("run", manifest.run);
  visit("start", manifest.start);
  visit("tensors", manifest.tensors);
  visit("fitted", manifest.fitted);
  visit("outputs", manifest.outputs);
  visit("metrics", manifest.metrics);
  visit("layers", manifest.layers);
  visit("formulas", manifest.formulas);
  visit("entries", manifest.entries);
  visit("nets", manifest.nets);
  visit("data", manifest.data);
  visit("folder", manifest.folder);
  visit("contracts", manifest.contracts);
  visit("memory", manifest.memory);
}

}  // namespace dnnc::runtime
