#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/driver/pipeline.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/driver/work.h"
#include "compiler/support/grouped.h"
#include "runtime/program/shown.h"

namespace dnnc {
namespace {

std::string shape_words(const std::vector<int64_t>& shape) {
  if (shape.size() == 1 && shape[0] != 1) return grouped(shape[0]) + " numbers";
  if (runtime::element_count(shape) == 1) return "one number";
  std::string text;
  for (const int64_t extent : shape) text += fmt::format("{}{}", text.empty() ? "" : " × ", extent);
  return text;
}

std::string parameters_text(int64_t parameters) { return grouped(parameters) + " parameters"; }

/// Fields that a graph reads.
std::set<std::string> fields_of(const Graph& graph) {
  std::set<std::string> fields;
  for (const NodeId id : node_ids(graph))
    if (const Input* input = std::get_if<Input>(&graph[id].kind); input && input->role == InputRole::Field)
      fields.insert(input->name);
  return fields;
}

std::string operations_text(double operations) {
  if (operations < 1e3) return fmt::format("{:.0f} FLOP", operations);
  if (operations < 1e6) return fmt::format("{:.3g} kFLOP", operations / 1e3);
  return operations < 1e9 ? fmt::format("{:.3g} MFLOP", operations / 1e6)
                          : fmt::format("{:.3g} GFLOP", operations / 1e9);
}

int64_t parameters_of(const Training& training) {
  int64_t parameters = 0;
  for (const ParameterInfo& parameter : training.parameters)
    if (parameter.role == InputRole::Parameter) parameters += runtime::element_count(parameter.shape);
  return parameters;
}

/// Boxes of a graph: a layer's nodes are one, unless what leads out of it comes back in; then its later nodes are another.
class Boxes {
 public:
  /// `answering` is the graph of the net alone, which `graph` has with its loss.
  Boxes(const Graph& graph, const Graph& answering, const Training& training)
      : graph_(graph), answering_(answering), training_(training), fields_(fields_of(answering)) {}

  chart::Diagram diagram() {
    const NodeSet needed = needed_for_loss();
    for (const NodeId node : node_ids(graph_))
      if (needed.contains(node)) add(node);
    if (training_.layers.empty()) add_whole_net();
    chart::Diagram diagram;
    for (const Box& box : boxes_) diagram.boxes.push_back(drawn(box));
    for (const auto& [from, to] : arrows_) diagram.arrows.push_back({from, to, ""});
    add_outputs(diagram);
    return diagram;
  }

 private:
  using NodeSet = std::set<NodeId>;
  struct Box {
    const LayerInfo* layer = nullptr;  ///< null: a field of the data
    std::string field = {};
    std::vector<int64_t> shape = {};
    std::vector<std::string> lines = {};  ///< of the net itself, which has formulas in place of layers
    double operations = 0;                ///< of a whole batch
    bool first = true;                    ///< of its layer
  };

  NodeSet needed_for_loss() const {
    NodeSet needed;
    for (const Output& output : graph_.outputs)
      if (output.role == OutputRole::Loss) needed.insert(output.node);
    const std::vector<NodeId> nodes = node_ids(graph_);
    for (size_t k = nodes.size(); k-- > 0;)
      if (needed.contains(nodes[k]))
        for (const NodeId source : sources_of(graph_, nodes[k])) needed.insert(source);
    return needed;
  }

  /// The innermost layer that the node is of.
  const LayerInfo* layer_of(const Node& node) const {
    const LayerInfo* best = nullptr;
    for (const LayerInfo& layer : training_.layers) {
      const bool within = node.name == layer.path || node.name.starts_with(layer.path + "/");
      if (within && (!best || layer.path.size() > best->path.size())) best = &layer;
    }
    return best;
  }

  bool leads(size_t from, size_t to) const {
    if (from == to) return true;
    return std::ranges::any_of(arrows_,
                               [&](const auto& arrow) { return arrow.first == from && leads(arrow.second, to); });
  }

  void add(NodeId id) {
    const Node& node = graph_[id];
    std::set<size_t> before;
    for (const NodeId source : sources_of(graph_, id))
      if (const auto found = of_.find(source); found != of_.end())
        before.insert(found->second.begin(), found->second.end());
    if (const Input* input = std::get_if<Input>(&node.kind)) {
      // Other fields are targets and weights: of the loss, not of the net.
      if (input->role != InputRole::Field || !batched(node) || !fields_.contains(input->name)) return;
      std::vector<int64_t> shape;
      for (const Axis& axis : node.axes)
        if (!axis.batch) shape.push_back(axis.extent);
      of_[id] = {boxes_.size()};
      boxes_.push_back({nullptr, input->name, shape});
      return;
    }
    const LayerInfo* const layer = layer_of(node);
    if (!layer || !batched(node)) {
      of_[id] = before;  // what lies between layers belongs to none
      return;
    }
    const size_t box = box_for(layer, before);
    boxes_[box].operations += flops(node);
    for (const size_t from : before)
      if (from != box) arrows_.insert({from, box});
    of_[id] = {box};
  }

  /// A net that is formulas and has no layers is one box.
  void add_whole_net() {
    for (size_t field = 0; field < boxes_.size(); ++field) arrows_.insert({field, boxes_.size()});
    const double operations = flops(answering_) / static_cast<double>(training_.batch);
    boxes_.push_back(
        {nullptr,
         training_.net,
         {},
         {fmt::format("{} · {}", parameters_text(parameters_of(training_)), operations_text(operations))}});
  }

  size_t box_for(const LayerInfo* layer, const std::set<size_t>& before) {
    const auto known = latest_.find(layer);
    const bool returns = known != latest_.end() && std::ranges::any_of(before, [&](size_t from) {
                           return from != known->second && leads(known->second, from);
                         });
    if (known != latest_.end() && !returns) return known->second;
    boxes_.push_back({layer, "", layer->shape, {}, 0, known == latest_.end()});
    latest_[layer] = boxes_.size() - 1;
    return boxes_.size() - 1;
  }

  chart::Diagram::Box drawn(const Box& box) const {
    if (!box.lines.empty()) return {box.field, box.lines, {chart::Role::Series, 0}};
    if (!box.layer) return {box.field, {shape_words(box.shape)}, {chart::Role::Quiet}};
    std::vector<std::string> lines = {shape_words(box.shape)};
    std::string numbers = box.layer->parameters > 0 && box.first ? parameters_text(box.layer->parameters) : "";
    const double operations = box.operations / static_cast<double>(training_.batch);
    if (operations >= 0.5) numbers += (numbers.empty() ? "" : " · ") + operations_text(operations);
    if (!numbers.empty()) lines.push_back(numbers);
    return {title_of(*box.layer), lines, {chart::Role::Series, box.layer->parameters > 0 ? 0 : 4}};
  }

  /// "conv1", or within another layer "residual1/conv1".
  std::string title_of(const LayerInfo& layer) const {
    const size_t slash = layer.path.find('/');
    return slash == std::string::npos ? layer.path : layer.path.substr(slash + 1);
  }

  /// What the last layers give is answered with.
  void add_outputs(chart::Diagram& diagram) const {
    std::vector<bool> ends(diagram.boxes.size(), true);
    for (const chart::Diagram::Arrow& arrow : diagram.arrows) ends[arrow.from] = false;
    const bool alone = training_.outputs.size() == 1;
    chart::Diagram::Box answer{alone ? answer_title : "answers", {}, {chart::Role::Series, 2}};
    for (const OutputInfo& output : training_.outputs) {
      std::string text = alone ? "" : output.name + ": ";
      text += output.head == Head::Class         ? fmt::format("one of {} classes", output.classes)
              : output.head == Head::Probability ? "a probability"
              : output.shape.empty() || (output.shape.size() == 1 && output.shape[0] == 1) ? "a number"
                                                                                           : shape_words(output.shape);
      answer.lines.push_back(text);
    }
    const size_t last = diagram.boxes.size();
    diagram.boxes.push_back(std::move(answer));
    for (size_t k = 0; k < last; ++k)
      if (ends[k]) diagram.arrows.push_back({k, last, ""});
  }

  const Graph& graph_;
  const Graph& answering_;
  const Training& training_;
  std::set<std::string> fields_;
  std::vector<Box> boxes_;
  std::map<const LayerInfo*, size_t> latest_;
  std::map<NodeId, std::set<size_t>> of_;
  std::set<std::pair<size_t, size_t>> arrows_;
};

}  // namespace

std::optional<chart::Figure> plot_net(Session& session) {
  const std::optional<Model> model = read_model(session);
  if (!model) return std::nullopt;
  const Training& training = chosen_run(session, *model);
  tell_of_other_runs(session, *model);
  const Graph graph = build_graph(*model, training, GraphKind::Train, training.batch);
  const Graph forward = build_graph(*model, training, GraphKind::Evaluate, training.batch);
  chart::Figure figure{"Net " + training.net,
                       fmt::format("{} · {} for an example, forward", parameters_text(parameters_of(training)),
                                   operations_text(flops(forward) / static_cast<double>(training.batch))),
                       1,
                       {}};
  figure.panels.push_back(
      {"", Boxes(graph, build_graph(*model, training, GraphKind::Predict, training.batch), training).diagram()});
  return figure;
}

}  // namespace dnnc
