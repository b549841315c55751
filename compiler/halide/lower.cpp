#include "compiler/halide/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "compiler/halide/lower_expression.h"
#include "compiler/halide/scalar_functions.h"
#include "compiler/kernels/access.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

template <class T>
std::vector<T> reversed(std::vector<T> items) {
  std::reverse(items.begin(), items.end());
  return items;
}

Halide::Type type_of(Storage storage) {
  switch (storage) {
    case Storage::Float32:
      return Halide::Float(32);
    case Storage::UInt8:
      return Halide::UInt(8);
    case Storage::Int32:
      return Halide::Int(32);
  }
  throw InternalError("halide: an input of unknown storage");
}

/// States bounds and strides of a row-major array, innermost axis first. Of the outputs of a Tuple only the first may
/// be given bounds.
void fix_layout(Halide::OutputImageParam buffer, const std::vector<int64_t>& extents, bool with_bounds = true) {
  int stride = 1;
  for (size_t k = 0; k < extents.size(); ++k) {
    const int extent = static_cast<int>(extents[extents.size() - 1 - k]);
    Halide::Internal::Dimension dimension = buffer.dim(static_cast<int>(k)).set_stride(stride);
    if (with_bounds) dimension.set_bounds(0, extent);
    stride *= extent;
  }
  buffer.set_host_alignment(64);
}

class Lowering {
 public:
  Lowering(const Kernel& kernel, const InlinedNodes& inlined)
      : kernel_(kernel), body_(kernel.body), inlined_(inlined) {}

  LoweredKernel run() {
    add_inputs();
    for (NodeId node : node_ids(body_))
      if (formula_of(body_, node) && !inlined_.contains(node) && !overwriting(node)) add_stage(node);
    add_overwriting_stages();
    add_outputs();
    return std::move(result_);
  }

 private:
  std::string name(const std::string& part) const { return kernel_.symbol + "_" + part; }

  void add_inputs() {
    for (NodeId node : node_ids(body_)) {
      if (!input_of(body_, node)) continue;
      const size_t number = result_.inputs.size();
      const auto extents = extents_of(body_[node].axes);
      Halide::ImageParam input(type_of(kernel_.inputs.at(number)), static_cast<int>(extents.size()),
                               name(fmt::format("i{}", number)));
      fix_layout(input, extents);
      input_number_[node] = number;
      result_.inputs.push_back(input);
    }
  }

  // ---- elements of nodes

  HalideExpr element_of_input(NodeId node, const std::vector<HalideExpr>& at) {
    const auto old_value = old_values_.find(node);
    if (old_value != old_values_.end()) return old_value->second;
    return Halide::cast<float>(result_.inputs[input_number_.at(node)](reversed(at)));
  }

  /// The place in row-major order, split by the extents of the source. The batch axis stays as it is in both.
  HalideExpr element_of_reshape(NodeId node, NodeId source, const std::vector<HalideExpr>& at) {
    const auto from = extents_of(body_[node].axes), to = extents_of(body_[source].axes);
    const bool same_first = !from.empty() && !to.empty() && from[0] == to[0];
    HalideExpr place = 0;
    for (size_t axis = same_first ? 1 : 0; axis < from.size(); ++axis)
      place = place * static_cast<int>(from[axis]) + at[axis];
    std::vector<HalideExpr> source_at(to.size());
    for (size_t axis = to.size(); axis-- > (same_first ? 1 : 0);) {
      const int extent = static_cast<int>(to[axis]);
      source_at[axis] = extent == 1 ? HalideExpr(0) : place % extent;
      place = place / extent;
    }
    if (same_first) source_at[0] = at[0];
    return element(source, source_at);
  }

  HalideExpr element(NodeId node, const std::vector<HalideExpr>& at) {
    return std::visit(match{[&](const Input&) { return element_of_input(node, at); },
                            [&](const Reshape& reshape) { return element_of_reshape(node, reshape.source, at); },
                            [&](const Comprehension& formula) { return element_of_formula(node, formula, at); },
                            [&](const Gradient&) -> HalideExpr {
                              throw InternalError("halide: a gradient must be differentiated first");
                            }},
                      body_[node].kind);
  }

  HalideExpr element_of_formula(NodeId node, const Comprehension& formula, const std::vector<HalideExpr>& at) {
    const auto known = own_values_.find(node);
    if (known != own_values_.end() && at_own_point(at)) return known->second;
    if (inlined_.contains(node) || overwritten_together_.contains(node)) {
      HalideExpr value = lower_expression(formula.body, context(node, at));
      if (at_own_point(at)) own_values_[node] = value;
      return value;
    }
    const auto stage = stage_of_node_.find(node);
    check(stage != stage_of_node_.end(), "halide: a node is read before it is computed");
    Halide::Func func = result_.stages[stage->second].func;
    if (func.outputs() == 1) return func(reversed(at));
    return func(reversed(at))[0];
  }

  /// At the point of the outputs that are made together: values there are made once.
  bool at_own_point(const std::vector<HalideExpr>& at) const {
    return !own_point_.empty() && std::equal(at.begin(), at.end(), own_point_.begin(), own_point_.end(),
                                             [](const auto& a, const auto& b) { return a.same_as(b); });
  }

  HalideExpr whole_element(NodeId node, const std::vector<HalideExpr>& at) {
    const auto input = input_number_.find(node);
    if (input == input_number_.end() || kernel_.inputs[input->second] == Storage::Float32) return {};
    return Halide::cast<int>(result_.inputs[input->second](reversed(at)));
  }

  ExpressionContext context(NodeId node, std::vector<HalideExpr> indices) {
    ExpressionContext context;
    context.indices = std::move(indices);
    context.extents = extents_of(all_axes(body_[node]));
    context.element = [this](NodeId source, const std::vector<HalideExpr>& at) { return element(source, at); };
    context.whole_element = [this](NodeId source, const std::vector<HalideExpr>& at) {
      return whole_element(source, at);
    };
    context.extents_of = [this](NodeId source) { return extents_of(body_[source].axes); };
    return context;
  }

  // ---- stages

  std::vector<Halide::Var> axes_of(NodeId node) const {
    std::vector<Halide::Var> axes;
    for (size_t axis = 0; axis < body_[node].axes.size(); ++axis) axes.emplace_back(fmt::format("a{}", axis));
    return axes;
  }

  Stage new_stage(NodeId node, const std::string& part) { return {node, Halide::Func(name(part)), axes_of(node), {}}; }

  void add_stage(NodeId node) {
    const auto& formula = std::get<Comprehension>(body_[node].kind);
    Stage stage = new_stage(node, fmt::format("n{}", node.value));
    std::vector<HalideExpr> indices(stage.axes.begin(), stage.axes.end());
    if (formula.reduction == Reduction::None) {
      stage.func(reversed(stage.axes)) = lower_expression(formula.body, context(node, indices));
    } else {
      Halide::Region region;
      for (const Axis& axis : reversed(formula.reduced)) region.emplace_back(0, static_cast<int>(axis.extent));
      Halide::RDom domain(region, fmt::format("r{}", node.value));
      for (size_t k = 0; k < region.size(); ++k)
        stage.reduced.push_back(domain[static_cast<int>(region.size() - 1 - k)]);
      indices.insert(indices.end(), stage.reduced.begin(), stage.reduced.end());
      define_reduction(stage, formula, lower_expression(formula.body, context(node, indices)));
    }
    stage_of_node_[node] = result_.stages.size();
    result_.stages.push_back(std::move(stage));
  }

  void define_reduction(Stage& stage, const Comprehension& formula, const HalideExpr& body) {
    const float infinity = std::numeric_limits<float>::infinity();
    const auto at = reversed(stage.axes);
    Halide::Func& f = stage.func;
    switch (formula.reduction) {
      case Reduction::None:
        throw InternalError("halide: no reduction");
      case Reduction::Sum:
        f(at) = HalideExpr(0.0f);
        f(at) = f(at) + body;
        return;
      case Reduction::Product:
        f(at) = HalideExpr(1.0f);
        f(at) = strict::multiply(HalideExpr(f(at)), body);
        return;
      case Reduction::Maximum:
        f(at) = HalideExpr(-infinity);
        f(at) = strict::maximum(HalideExpr(f(at)), body);
        return;
      case Reduction::Minimum:
        f(at) = HalideExpr(infinity);
        f(at) = strict::minimum(HalideExpr(f(at)), body);
        return;
      case Reduction::ArgMaximum:
        return define_place_of_best(stage, formula, -infinity, body);
      case Reduction::ArgMinimum:
        return define_place_of_best(stage, formula, infinity, body);
    }
  }

  /// A pair: the row-major number of the place of the best value so far, as float32, and that value. Halide stores the
  /// elements of a Tuple in order and may compute each after the store before it, so the place, which is decided by the
  /// old best value, comes first.
  void define_place_of_best(Stage& stage, const Comprehension& formula, float start, const HalideExpr& body) {
    HalideExpr place = 0;
    for (size_t k = 0; k < stage.reduced.size(); ++k)
      place = place * static_cast<int>(formula.reduced[k].extent) + stage.reduced[k];
    const auto at = reversed(stage.axes);
    Halide::Func& f = stage.func;
    f(at) = Halide::Tuple(HalideExpr(0.0f), HalideExpr(start));
    HalideExpr best_place = f(at)[0], best = f(at)[1];
    HalideExpr better = start < 0 ? strict::less(best, body) : strict::less(body, best);
    f(at) = Halide::Tuple(select(better, Halide::cast<float>(place), best_place), select(better, body, best));
  }

  // ---- outputs

  /// Outputs of the same axes as `output`, if one of them overwrites an input: they become one Tuple.
  std::vector<size_t> computed_together(size_t output) const {
    const auto& outputs = body_.outputs;
    std::vector<size_t> together;
    bool overwrites = false;
    for (size_t k = 0; k < outputs.size(); ++k) {
      const auto* formula = formula_of(body_, outputs[k].node);
      const bool plain = formula && formula->reduction == Reduction::None;
      if (!plain || !equal_extents(body_[outputs[k].node], body_[outputs[output].node])) continue;
      together.push_back(k);
      overwrites = overwrites || kernel_.in_place[k] >= 0;
    }
    if (!overwrites) together.clear();
    return together;
  }

  bool overwriting(NodeId node) const {
    for (size_t k = 0; k < body_.outputs.size(); ++k) {
      if (body_.outputs[k].node != node) continue;
      const auto together = computed_together(k);
      if (std::count(together.begin(), together.end(), k)) return true;
    }
    return false;
  }

  NodeId input_node(int number) const {
    for (const auto& [node, k] : input_number_)
      if (k == static_cast<size_t>(number)) return node;
    throw InternalError("halide: an output overwrites no input");
  }

  void add_overwriting_stages() {
    std::set<size_t> done;
    for (size_t k = 0; k < body_.outputs.size(); ++k) {
      if (done.contains(k)) continue;
      const auto together = computed_together(k);
      if (!std::count(together.begin(), together.end(), k)) continue;
      done.insert(together.begin(), together.end());
      add_overwriting_stage(together);
    }
  }

  void add_overwriting_stage(const std::vector<size_t>& outputs) {
    const NodeId first = body_.outputs[outputs.front()].node;
    OverwritingStage stage{outputs, Halide::Func(name(fmt::format("o{}", outputs.front()))), axes_of(first)};
    const auto at = reversed(stage.axes);
    const std::vector<HalideExpr> indices(stage.axes.begin(), stage.axes.end());
    stage.func(at) = Halide::Tuple(std::vector<HalideExpr>(outputs.size(), Halide::undef<float>()));
    for (size_t k = 0; k < outputs.size(); ++k) {
      overwritten_together_.insert(body_.outputs[outputs[k]].node);
      const int input = kernel_.in_place[outputs[k]];
      if (input < 0) continue;
      old_values_[input_node(input)] = outputs.size() == 1 ? HalideExpr(stage.func(at)) : HalideExpr(stage.func(at)[k]);
    }
    own_point_ = indices;
    std::vector<HalideExpr> values;
    for (size_t output : outputs)
      values.push_back(with_visible_reads(element(body_.outputs[output].node, indices), indices));
    stage.func(at) = Halide::Tuple(values);
    overwritten_together_.clear();
    old_values_.clear();
    own_values_.clear();
    own_point_.clear();
    result_.overwriting.push_back(std::move(stage));
  }

  /// Halide computes all elements of a Tuple before it stores the first only if it sees that they read each other, and
  /// it does not look into calls such as strict arithmetic. So every old value is selected under a condition that never
  /// holds: bit 1 of a square is 0. LLVM knows that, Halide does not.
  HalideExpr with_visible_reads(HalideExpr value, const std::vector<HalideExpr>& indices) const {
    if (overwritten_together_.size() < 2) return value;
    for (const auto& [input, old_value] : old_values_) {
      HalideExpr any =
          indices.empty() ? Halide::reinterpret<uint32_t>(old_value) : Halide::cast<uint32_t>(indices.front());
      value = Halide::select(((any * any) & 2) == 2, old_value, value);
    }
    return value;
  }

  /// The Func that is output `k`: the stage itself if nothing else stands in the way, else a copy of it.
  Halide::Func func_of_output(size_t k, std::set<NodeId>& taken) {
    const NodeId node = body_.outputs[k].node;
    const auto stage = stage_of_node_.find(node);
    if (stage != stage_of_node_.end() && result_.stages[stage->second].func.outputs() == 1 && taken.insert(node).second)
      return result_.stages[stage->second].func;
    Stage copy = new_stage(node, fmt::format("o{}", k));
    copy.func(reversed(copy.axes)) = element(node, {copy.axes.begin(), copy.axes.end()});
    result_.copies.push_back(copy);
    return copy.func;
  }

  void add_outputs() {
    std::set<NodeId> taken;
    result_.buffer_of_output.resize(body_.outputs.size());
    size_t buffers = 0;
    for (OverwritingStage& stage : result_.overwriting) {
      for (size_t output : stage.outputs) result_.buffer_of_output[output] = buffers++;
      add_output(stage.func, body_.outputs[stage.outputs.front()].node);
    }
    for (size_t k = 0; k < body_.outputs.size(); ++k) {
      if (overwriting(body_.outputs[k].node)) continue;
      result_.buffer_of_output[k] = buffers++;
      add_output(func_of_output(k, taken), body_.outputs[k].node);
    }
  }

  void add_output(Halide::Func func, NodeId node) {
    bool first = true;
    for (Halide::OutputImageParam buffer : func.output_buffers()) {
      fix_layout(buffer, extents_of(body_[node].axes), first);
      first = false;
    }
    result_.outputs.push_back(func);
  }

  const Kernel& kernel_;
  const Graph& body_;
  const InlinedNodes& inlined_;
  LoweredKernel result_;
  std::map<NodeId, size_t> input_number_, stage_of_node_;
  // While the outputs that overwrite inputs are made: the outputs, what the inputs held, and what has been computed at
  // this point.
  std::set<NodeId> overwritten_together_;
  std::map<NodeId, HalideExpr> old_values_, own_values_;
  std::vector<HalideExpr> own_point_;
};

}  // namespace

InlinedNodes nodes_that_read_overwritten(const Kernel& kernel) {
  const Graph& body = kernel.body;
  std::set<NodeId> overwritten, outputs, readers;
  int number = 0;
  for (NodeId node : node_ids(body))
    if (input_of(body, node) && std::count(kernel.in_place.begin(), kernel.in_place.end(), number++) > 0)
      overwritten.insert(node);
  for (const Output& output : body.outputs) outputs.insert(output.node);
  for (NodeId node : node_ids(body))
    for (NodeId source : sources_of(body, node)) {
      const bool reads = overwritten.contains(source) || readers.contains(source);
      if (reads && formula_of(body, node) && !outputs.contains(node)) readers.insert(node);
    }
  return readers;
}

LoweredKernel lower(const Kernel& kernel, const InlinedNodes& inlined) { return Lowering(kernel, inlined).run(); }

}  // namespace dnnc
