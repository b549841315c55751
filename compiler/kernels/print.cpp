#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/ir/text.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/kernel.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

/// "b3", or "b3[448 bytes, 512 a trip, 1 behind, first b5]" of what sees a piece of it.
std::string print_argument(const KernelCall& call, size_t argument) {
  const std::string buffer = fmt::format("b{}", call.buffers[argument].value);
  const auto window = call.window(argument);
  if (!window) return buffer;
  std::string piece = fmt::format("{} bytes, {} a trip", window->bytes, fmt::join(window->strides, " and "));
  if (const auto& lag = window->lag) piece += fmt::format(", {} behind, first b{}", lag->trips, lag->before);
  return buffer + "[" + piece + "]";
}

std::string print_call(const Plan& plan, const KernelCall& call, const std::string& indent) {
  const Kernel& kernel = plan.kernels[call.kernel];
  std::vector<std::string> arguments;
  for (size_t k = 0; k < call.buffers.size(); ++k) arguments.push_back(print_argument(call, k));
  const auto middle = arguments.begin() + static_cast<std::ptrdiff_t>(kernel.inputs.size());
  return fmt::format("{}{} {}({}) -> {}  # {}\n", indent, text::word_of(kernel.kind), kernel.symbol,
                     fmt::join(arguments.begin(), middle, ", "), fmt::join(middle, arguments.end(), ", "), call.name);
}

std::string print_parts(const Plan& plan, const Entry& entry, const std::vector<runtime::StepPart>& parts,
                        const std::string& indent) {
  std::string text;
  for (const runtime::StepPart& part : parts) {
    if (const size_t* call = std::get_if<size_t>(&part.is)) {
      text += print_call(plan, entry.calls[*call], indent);
      continue;
    }
    const auto& loop = std::get<runtime::Loop>(part.is);
    text += fmt::format("{}{} over {} trips{}:\n", indent, text::word_of(loop.direction), loop.extent,
                        loop.trip ? fmt::format(", the trip in b{}", *loop.trip) : "");
    text += print_parts(plan, entry, loop.body, indent + "  ");
    if (!loop.at_work) continue;
    text += fmt::format("{}  in idle trips, where b{} is 0:\n", indent, *loop.at_work);
    text += print_parts(plan, entry, loop.idle, indent + "    ");
  }
  return text;
}

/// " <= 65.3 |b3| |b7| + 2": what is looked at in place of a gradient.
std::string print_bound(const Bound& bound) {
  std::string text;
  for (const BoundTerm& term : bound) {
    text += fmt::format("{}{:.4g}", text.empty() ? " <= " : " + ", term.factor);
    for (BufferId buffer : term.buffers) text += fmt::format(" |b{}|", buffer.value);
  }
  return text;
}

std::string print_entry(const Plan& plan, const Entry& entry) {
  std::string text = fmt::format("entry {} of {}, batch {}\n", text::word_of(entry.kind), entry.graph, entry.batch);
  for (const Entry::Port& port : entry.inputs)
    text += fmt::format("  {} {} = b{}\n", text::word_of(port.role), port.name, port.buffer.value);
  text += print_parts(plan, entry, entry.step.compute, "  ");
  if (!entry.step.update.empty()) text += "  updates:\n" + print_parts(plan, entry, entry.step.update, "  ");
  for (const Entry::Port& port : entry.outputs)
    text += fmt::format("  {} {} = b{}\n", text::word_of(port.output), port.name, port.buffer.value);
  for (const Entry::Guard& guard : entry.guards)
    text += fmt::format("  {} {} = b{}{}\n", entry.looks ? "guard in its kernel" : "guard", guard.name,
                        guard.buffer.value, print_bound(guard.bound));
  return text;
}

}  // namespace

std::string canonical_text(const Kernel& kernel) {
  std::string text = fmt::format("class {}{}\n", text::word_of(kernel.kind), kernel.any_length ? ", any length" : "");
  for (size_t number = 0; number < kernel.inputs.size(); ++number)
    text += fmt::format("input i{}: {}\n", number, text::word_of(kernel.inputs[number]));
  for (size_t number = 0; number < kernel.in_place.size(); ++number)
    if (kernel.in_place[number] >= 0) text += fmt::format("output o{} over i{}\n", number, kernel.in_place[number]);
  for (const size_t number : kernel.looks_at) text += fmt::format("looks at o{}\n", number);
  if (kernel.takes) {
    text += fmt::format("takes a batch of {}\n", kernel.takes->batch);
    for (const auto& [inputs, number, rest] : kernel.takes->fields)
      text += fmt::format("takes i{}: {}{} {}\n", fmt::join(inputs, ", i"), rest ? runtime::rest_beginning : "",
                          text::word_of(InputRole::Field), number);
    for (const auto& [input, name] : kernel.takes->settings)
      text += fmt::format("takes i{}: {}\n", input, text::word_of(name));
  }
  for (const size_t number : kernel.records) text += fmt::format("records argument {}\n", number);
  return text + print(kernel.body);
}

std::string print(const Kernel& kernel) { return "kernel " + kernel.symbol + "\n" + canonical_text(kernel); }

std::string print_groups(const Graph& graph, const std::vector<Group>& groups) {
  std::string text;
  for (const Group& group : groups) {
    text += fmt::format("group {}\n", text::word_of(group.kind));
    for (NodeId node : group.nodes) {
      const bool written = std::find(group.outputs.begin(), group.outputs.end(), node) != group.outputs.end();
      text += fmt::format("  {}{}\n", print_node(graph, node), written ? "  # written" : "");
    }
  }
  return text;
}

std::string print(const Plan& plan) {
  std::string text = fmt::format("arena of {} bytes, the first {} kept\n", plan.arena_bytes, plan.kept_bytes);
  uint32_t number = 0;
  for (const Buffer& buffer : plan.buffers)
    text += fmt::format("b{}: {}[{}] at {}, {} bytes  # {}\n", number++, text::word_of(buffer.storage),
                        fmt::join(buffer.extents, ", "), buffer.offset, buffer.bytes, buffer.name);
  for (const Entry& entry : plan.entries) text += print_entry(plan, entry);
  return text;
}

}  // namespace dnnc
