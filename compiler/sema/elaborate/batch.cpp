#include "compiler/sema/elaborate/evaluate.h"

namespace dnnc {
namespace {

/// Over the batch a field has no value. Reports a use in a step of data.
bool is_in_step_of_data(Elaboration& elaboration, const char* word, Span span) {
  if (!elaboration.field) return false;
  fault(elaboration, "E0410", span, std::string("`") + word + "` has no meaning in a step of data",
        "a field depends on its own example alone; `standardize` measures the training part");
  return true;
}

/// sum over n of select(n < count, e, 0) / count: rows from `count` on are no examples. Where examples have weights, each counts
/// so much, and what all count stands in place of `count`. One node, so that the means of a metric can be found.
Tensor mean_of_batch(Context& context, const Tensor& tensor, Span span) {
  Elaboration& elaboration = context.elaboration;
  if (!depends_on_example(elaboration, tensor)) return tensor;
  constexpr IndexId batch = 0;
  std::vector<IndexId> without = tensor.axes;
  without.push_back(batch);
  std::vector<IndexId> axes = free_indices(tensor.body, without);
  axes.insert(axes.end(), tensor.axes.begin(), tensor.axes.end());
  Expr count = load(setting(elaboration, SettingName::Count), {});
  Expr value = tensor.body, all = count;
  if (elaboration.weights) {
    value = load(elaboration.weights->each, {affine(batch)}) * value;
    all = load(elaboration.weights->all, {});
  }
  Expr body = call(Function::Select, {call(Function::Less, {index_value(batch), count}), value, constant(0)}) / all;
  NodeId node =
      add_node(elaboration, node_name(context, batch_mean_word), axes, Reduction::Sum, {batch}, body, {}, span);
  std::vector<Subscript> at;
  for (IndexId id : axes) at.push_back(affine(id));
  Tensor mean = tensor;
  mean.element = {};
  mean.head.reset();
  mean.body = load(node, std::move(at));
  return mean;
}

}  // namespace

Value batch_mean(Context& context, const Tensor& tensor, Span span) {
  if (is_in_step_of_data(context.elaboration, batch_mean_word, span)) return Poison{};
  return mean_of_batch(context, tensor, span);
}

Value batch_sum(Context& context, const Tensor& tensor, Span span) {
  if (is_in_step_of_data(context.elaboration, batch_sum_word, span)) return Poison{};
  Tensor sum = mean_of_batch(context, tensor, span);
  sum.element = {};
  sum.head.reset();
  sum.body = sum.body * load(setting(context.elaboration, SettingName::Count), {});
  return sum;
}

}  // namespace dnnc
