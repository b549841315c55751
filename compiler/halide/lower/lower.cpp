#include "compiler/halide/lower/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "compiler/halide/expressions/lower_expression.h"
#include "compiler/halide/lower/lower_contraction.h"
#include "compiler/halide/lower/lower_reduction.h"
#include "compiler/halide/lower/lower_segments.h"
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
    case Storage::Float64:
      break;
  }
  throw InternalError("halide: an input of unknown storage");
}

/// What is stated of an array's axes: all, that places count from 0 (kernels of any length), or nothing but the strides.
enum class Bounds { Fixed, FromZero, None };

/// States bounds and strides of a row-major array, innermost axis first.
void fix_layout(Halide::OutputImageParam buffer, const std::vector<int64_t>& extents, Bounds bounds,
                const runtime::MemoryLayout& memory) {
  int stride = 1;
  for (size_t k = 0; k < extents.size(); ++k) {
    const int extent = static_cast<int>(extents[extents.size() - 1 - k]);
    Halide::Internal::Dimension dimension = buffer.dim(static_cast<int>(k)).set_stride(stride);
    if (bounds == Bounds::Fixed) dimension.set_bounds(0, extent);
    if (bounds == Bounds::FromZero) dimension.set_min(0);
    stride *= extent;
  }
  buffer.set_host_alignment(static_cast<int>(memory.alignment));
}

/// The place in row-major order, split by the extents of the source. A first axis of equal extent stays as it is.
std::vector<HalideExpr> place_in_source(const std::vector<int64_t>& from, const std::vector<int64_t>& to,
                                        const std::vector<HalideExpr>& at) {
  const size_t first = !from.empty() && !to.empty() && from[0] == to[0] ? 1 : 0;
  HalideExpr place = 0;
  for (size_t axis = first; axis < from.size(); ++axis) place = place * static_cast<int>(from[axis]) + at[axis];
  std::vector<HalideExpr> source(to.size(), HalideExpr(0));
  for (size_t axis = to.size(); axis-- > first;) {
    const int extent = static_cast<int>(to[axis]);
    if (extent > 1) source[axis] = place % extent;
    place = place / extent;
  }
  if (first == 1) source[0] = at[0];
  return source;
}

/// An element: a node and the place of it that is meant.
using ReadElement = std::pair<NodeId, std::vector<HalideExpr>>;

struct ElementOrder {
  bool operator()(const ReadElement& a, const ReadElement& b) const {
    if (a.first != b.first) return a.first < b.first;
    return std::lexicographical_compare(a.second.begin(), a.second.end(), b.second.begin(), b.second.end(),
                                        Halide::Internal::IRGraphDeepCompare());
  }
};

class Lowering {
 public:
  Lowering(const Kernel& kernel, const KernelStructure& structure, const KernelCuts& cuts,
           const runtime::MemoryLayout& memory)
      : kernel_(kernel), body_(kernel.body), structure_(structure), cuts_(cuts), memory_(memory) {
    for (size_t k = 0; k < structure.groups.size(); ++k) {
      OutputGroup group = with_taken_in(structure.groups[k], cuts.taken_in.at(k));
      if (group.outputs.empty()) continue;
      for (size_t output : group.outputs) group_members_.insert(body_.outputs[output].node);
      in_groups_.insert(group.reductions.begin(), group.reductions.end());
      groups_.push_back(std::move(group));
    }
  }

  LoweredKernel run() {
    for (NodeId node : node_ids(body_))
      if (input_of(body_, node)) add_input(node);
    for (NodeId node : node_ids(body_))
      if (const Comprehension* formula = formula_of(body_, node)) {
        const bool in_group = group_members_.contains(node) && formula->reduction == Reduction::None;
        if (!in_group && !structure_.inlined.contains(node)) add_stage(computing(node));
      }
    for (const OutputGroup& group : groups_) add_group(group);
    add_outputs();
    return std::move(result_);
  }

 private:
  OutputGroup with_taken_in(OutputGroup group, const std::vector<NodeId>& taken_in) const {
    group.reductions = taken_in;
    for (NodeId reduction : taken_in)
      for (NodeId value : structure_.values_of(reduction))
        if (const auto output = output_of(body_, value)) group.outputs.push_back(*output);
    return group;
  }

  NodeId computing(NodeId node) const { return structure_.computing(node); }
  Bounds bounds() const { return kernel_.any_length ? Bounds::FromZero : Bounds::Fixed; }
  std::string name(const std::string& part) const { return kernel_.symbol + "_" + part; }

  void add_input(NodeId node) {
    const size_t number = result_.inputs.size();
    const auto extents = extents_of(body_[node].axes);
    Halide::ImageParam input(type_of(kernel_.inputs.at(number)), static_cast<int>(extents.size()),
                             name(fmt::format("i{}", number)));
    fix_layout(input, extents, bounds(), memory_);
    input_number_[node] = number;
    result_.inputs.push_back(input);
  }

  // ---- elements of nodes

  HalideExpr element(NodeId node, const std::vector<HalideExpr>& at) {
    return std::visit(match{[&](const Input&) { return element_of_input(node, at); },
                            [&](const Reshape& reshape) {
                              return element(reshape.source,
                                             place_in_source(extents_of(body_[node].axes),
                                                             extents_of(body_[reshape.source].axes), at));
                            },
                            [&](const Comprehension& formula) { return element_of_formula(node, formula, at); },
                            [&](const Gradient&) -> HalideExpr {
                              throw InternalError("halide: a gradient must be differentiated first");
                            }},
                      body_[node].kind);
  }

  HalideExpr element_of_input(NodeId node, const std::vector<HalideExpr>& at) {
    const auto old_value = old_values_.find(node);
    if (old_value != old_values_.end()) return old_value->second;
    return Halide::cast<float>(result_.inputs[input_number_.at(node)](reversed(at)));
  }

  HalideExpr element_of_formula(NodeId node, const Comprehension& formula, const std::vector<HalideExpr>& at) {
    const auto stored = stored_in_group_.find(node);
    if (stored != stored_in_group_.end()) return stored->second(reversed(at));
    const auto stage = stage_of_node_.find(computing(node));
    if (stage != stage_of_node_.end())
      return element_of_stage(result_.stages[stage->second], at, computing(node) == node ? 0 : 1);
    check(at_own_point(at) || structure_.inlined.contains(node), "halide: a node is read before it is computed");
    const auto known = values_.find({node, at});
    if (known != values_.end()) return known->second;
    return values_[{node, at}] = lower_expression(formula.body, context(node, at));
  }

  /// Whether this is the point of the group that is being made.
  bool at_own_point(const std::vector<HalideExpr>& at) const {
    return making_group_ && std::equal(at.begin(), at.end(), own_point_.begin(), own_point_.end(),
                                       [](const HalideExpr& a, const HalideExpr& b) { return a.same_as(b); });
  }

  /// Of the values of a reduction (see reduced_at) number `value`.
  static HalideExpr element_of_stage(const Stage& stage, const std::vector<HalideExpr>& at, size_t value) {
    if (stage.in_group)
      return stage.contraction ? sum_at(*stage.contraction, at) : reduced_at(*stage.reduction, at).at(value);
    Halide::Func func = stage.func;
    if (func.outputs() == 1) return func(reversed(at));
    return func(reversed(at))[static_cast<int>(value)];
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

  static std::vector<Halide::Var> new_axes(size_t count) {
    std::vector<Halide::Var> axes;
    for (size_t axis = 0; axis < count; ++axis) axes.emplace_back(fmt::format("a{}", axis));
    return axes;
  }

  void add_stage(NodeId node) {
    if (stage_of_node_.contains(node)) return;
    values_.clear();
    const std::string part = fmt::format("n{}", node.value);
    Stage stage{node, Halide::Func(name(part)), new_axes(body_[node].axes.size()), {}, {},
                {},   in_groups_.contains(node)};
    const Comprehension& formula = *formula_of(body_, node);
    const auto cut = cuts_.contractions.find(node);
    const auto segments = structure_.segmented.find(node);
    if (cut != cuts_.contractions.end()) {
      const auto read = [this](NodeId source, const std::vector<HalideExpr>& at) { return element(source, at); };
      stage.contraction = lower_contraction(structure_.contractions.at(node), cut->second, name(part), read);
      if (!stage.in_group) define_result(stage, part);
    } else if (formula.reduction == Reduction::None) {
      const std::vector<HalideExpr> indices(stage.axes.begin(), stage.axes.end());
      stage.func(reversed(stage.axes)) = lower_expression(formula.body, context(node, indices));
    } else if (segments != structure_.segmented.end()) {
      const auto at = [&](const std::vector<HalideExpr>& indices) { return context(node, indices); };
      stage.segments = lower_segments(body_[node], segments->second, stage, at);
    } else {
      const auto body = [&](const std::vector<HalideExpr>& indices) {
        return lower_expression(formula.body, context(node, indices));
      };
      stage.reduction = lower_reduction(formula, cuts_.reductions.at(node), stage.axes.size(), name(part), body);
      if (!stage.in_group)
        stage.func(reversed(stage.axes)) =
            Halide::Tuple(reduced_at(*stage.reduction, {stage.axes.begin(), stage.axes.end()}));
    }
    stage_of_node_[node] = result_.stages.size();
    result_.stages.push_back(std::move(stage));
  }

  // ---- groups of outputs

  NodeId input_node(int number) const {
    for (const auto& [node, k] : input_number_)
      if (k == static_cast<size_t>(number)) return node;
    throw InternalError("halide: an output overwrites no input");
  }

  void add_group(const OutputGroup& group) {
    GroupStage stage{group, Halide::Func(name(fmt::format("o{}", group.outputs.front()))),
                     new_axes(group.extents.size())};
    const auto at = reversed(stage.axes);
    const size_t count = group.outputs.size();
    if (group.overwrites) {
      stage.func(at) = Halide::Tuple(std::vector<HalideExpr>(count, Halide::undef<float>()));
      for (size_t k = 0; k < count; ++k)
        if (const int input = kernel_.in_place[group.outputs[k]]; input >= 0)
          old_values_[input_node(input)] = count == 1 ? HalideExpr(stage.func(at)) : HalideExpr(stage.func(at)[k]);
    }
    values_.clear();
    own_point_.assign(stage.axes.begin(), stage.axes.end());
    making_group_ = true;
    std::vector<HalideExpr> values;
    for (size_t output : group.outputs)
      values.push_back(with_visible_reads(element(body_.outputs[output].node, own_point_), count));
    stage.func(at) = Halide::Tuple(values);
    old_values_.clear();
    making_group_ = false;
    for (size_t k = 0; k < count; ++k) {
      const Halide::Func func = stage.func;
      stored_in_group_[body_.outputs[group.outputs[k]].node] = [func, k, count](const std::vector<HalideExpr>& at) {
        return count == 1 ? HalideExpr(func(at)) : HalideExpr(func(at)[static_cast<int>(k)]);
      };
    }
    result_.groups.push_back(std::move(stage));
  }

  /// Halide computes all elements of a Tuple before it stores the first only if it sees that they read each other, and
  /// it does not look into calls such as strict arithmetic. So every old value is selected under a condition that never
  /// holds: bit 1 of a square is 0. LLVM knows that, Halide does not.
  HalideExpr with_visible_reads(HalideExpr value, size_t values_in_group) const {
    if (values_in_group < 2) return value;
    for (const auto& [input, old_value] : old_values_) {
      HalideExpr any =
          own_point_.empty() ? Halide::reinterpret<uint32_t>(old_value) : Halide::cast<uint32_t>(own_point_.front());
      value = Halide::select(((any * any) & 2) == 2, old_value, value);
    }
    return value;
  }

  // ---- outputs

  /// The Func of an output that is in no group: the stage itself, or a copy if it is not stored for the first time, is
  /// not a single array, or is no formula.
  Halide::Func func_of_output(size_t k) {
    const NodeId node = body_.outputs[k].node;
    const auto stage = stage_of_node_.find(computing(node));
    if (stage != stage_of_node_.end() && output_of(body_, node) == k) {
      const Stage& found = result_.stages[stage->second];
      if (!found.in_group && found.func.outputs() == 1) return found.func;
    }
    GroupStage copy{{{k}, extents_of(body_[node].axes), false, {}},
                    Halide::Func(name(fmt::format("o{}", k))),
                    new_axes(body_[node].axes.size())};
    values_.clear();
    copy.func(reversed(copy.axes)) = element(node, {copy.axes.begin(), copy.axes.end()});
    result_.groups.push_back(copy);
    return copy.func;
  }

  void add_outputs() {
    result_.buffer_of_output.resize(body_.outputs.size());
    std::set<size_t> done;
    size_t buffers = 0;
    for (const GroupStage& stage : result_.groups) {
      for (size_t output : stage.group.outputs) {
        result_.buffer_of_output[output] = buffers++;
        done.insert(output);
      }
      add_output(stage.func, stage.group.extents);
    }
    for (size_t k = 0; k < body_.outputs.size(); ++k) {
      if (done.contains(k)) continue;
      result_.buffer_of_output[k] = buffers++;
      add_output(func_of_output(k), extents_of(body_[body_.outputs[k].node].axes));
    }
  }

  /// Of the outputs of a Tuple only the first may be given bounds.
  void add_output(Halide::Func func, const std::vector<int64_t>& extents) {
    Bounds of_buffer = bounds();
    for (Halide::OutputImageParam buffer : func.output_buffers()) {
      fix_layout(buffer, extents, of_buffer, memory_);
      of_buffer = Bounds::None;
    }
    result_.outputs.push_back(func);
  }

  const Kernel& kernel_;
  const Graph& body_;
  const KernelStructure& structure_;
  const KernelCuts& cuts_;
  const runtime::MemoryLayout& memory_;
  std::vector<OutputGroup> groups_;
  LoweredKernel result_;
  std::map<NodeId, size_t> input_number_, stage_of_node_;
  std::set<NodeId> group_members_, in_groups_;
  std::map<NodeId, std::function<HalideExpr(const std::vector<HalideExpr>&)>> stored_in_group_;
  /// Of the definition that is being made: the elements computed where they are read. One that is read twice is one.
  std::map<ReadElement, HalideExpr, ElementOrder> values_;
  // While a group is made: its point, and what the inputs that it overwrites held.
  bool making_group_ = false;
  std::vector<HalideExpr> own_point_;
  std::map<NodeId, HalideExpr> old_values_;
};

}  // namespace

LoweredKernel lower(const Kernel& kernel, const KernelStructure& structure, const KernelCuts& cuts,
                    const runtime::MemoryLayout& memory) {
  return Lowering(kernel, structure, cuts, memory).run();
}

}  // namespace dnnc
