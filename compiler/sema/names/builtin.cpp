#include "compiler/sema/names/builtin.h"

#include "compiler/ir/text.h"

namespace dnnc {
namespace {

BuiltIn scalar(Function function) {
  BuiltIn row;
  row.name = info(function).name;
  row.function = function;
  row.arity = info(function).arity;
  return row;
}

BuiltIn reduction(Reduction reduction) {
  BuiltIn row;
  row.kind = BuiltIn::Kind::Reduction;
  row.name = runtime::word_of(reduction);
  row.reduction = reduction;
  return row;
}

BuiltIn mean() {
  BuiltIn row = reduction(Reduction::Sum);
  row.name = "mean";
  row.mean = true;
  return row;
}

BuiltIn either(Function function, Reduction over) {
  BuiltIn row = scalar(function);
  row.kind = BuiltIn::Kind::Either;
  row.reduction = over;
  return row;
}

BuiltIn other(const char* name, BuiltIn::Kind kind, int arity) {
  BuiltIn row;
  row.kind = kind;
  row.name = name;
  row.arity = arity;
  return row;
}

BuiltIn draw_of(Distribution distribution, int arity) {
  BuiltIn row = other(runtime::word_of(distribution), BuiltIn::Kind::Draw, arity);
  row.distribution = distribution;
  return row;
}

}  // namespace

const std::vector<BuiltIn>& built_ins() {
  static const std::vector<BuiltIn> table = {
      scalar(Function::Absolute),
      scalar(Function::Exp),
      scalar(Function::Log),
      scalar(Function::Log1p),
      scalar(Function::Expm1),
      scalar(Function::Sqrt),
      scalar(Function::Sin),
      scalar(Function::Cos),
      scalar(Function::Tanh),
      scalar(Function::Sigmoid),
      scalar(Function::Erf),
      scalar(Function::Floor),
      either(Function::Minimum, Reduction::Minimum),
      either(Function::Maximum, Reduction::Maximum),
      reduction(Reduction::Sum),
      reduction(Reduction::Product),
      mean(),
      reduction(Reduction::ArgMaximum),
      reduction(Reduction::ArgMinimum),
      other("count", BuiltIn::Kind::Count, 1),
      other("reshape", BuiltIn::Kind::Reshape, 2),
      other(runtime::word_of(Function::StopGradient), BuiltIn::Kind::StopGradient, 1),
      other(batch_mean_word, BuiltIn::Kind::BatchMean, 1),
      other(batch_sum_word, BuiltIn::Kind::BatchSum, 1),
      other(each_word, BuiltIn::Kind::Each, 2),
      other(from_end_word, BuiltIn::Kind::FromEnd, 2),
      draw_of(Distribution::Uniform, 2),
      draw_of(Distribution::Normal, 2),
      draw_of(Distribution::Bernoulli, 1),
      other(pi_word, BuiltIn::Kind::Constant, 0),
      other(training_word, BuiltIn::Kind::Constant, 0),
  };
  return table;
}

const BuiltIn* find_built_in(const std::string& name) {
  for (const BuiltIn& row : built_ins())
    if (name == row.name) return &row;
  return nullptr;
}

bool takes_step(const BuiltIn& row, size_t place) {
  return place == 1 && (row.kind == BuiltIn::Kind::Each || row.kind == BuiltIn::Kind::FromEnd);
}

}  // namespace dnnc
