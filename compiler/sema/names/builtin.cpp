#include "compiler/sema/names/builtin.h"

namespace dnnc {
namespace {

BuiltIn scalar(Function function) {
  BuiltIn row;
  row.name = info(function).name;
  row.function = function;
  row.arity = info(function).arity;
  return row;
}

BuiltIn reduction(const char* name, Reduction reduction, bool mean = false) {
  BuiltIn row;
  row.kind = BuiltIn::Kind::Reduction;
  row.name = name;
  row.reduction = reduction;
  row.mean = mean;
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

BuiltIn draw_of(const char* name, Distribution distribution, int arity) {
  BuiltIn row = other(name, BuiltIn::Kind::Draw, arity);
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
      reduction("sum", Reduction::Sum),
      reduction("product", Reduction::Product),
      reduction("mean", Reduction::Sum, true),
      reduction("argmax", Reduction::ArgMaximum),
      reduction("argmin", Reduction::ArgMinimum),
      other("count", BuiltIn::Kind::Count, 1),
      other("reshape", BuiltIn::Kind::Reshape, 2),
      other("stop_gradient", BuiltIn::Kind::StopGradient, 1),
      other("batch_mean", BuiltIn::Kind::BatchMean, 1),
      draw_of("uniform", Distribution::Uniform, 2),
      draw_of("normal", Distribution::Normal, 2),
      draw_of("bernoulli", Distribution::Bernoulli, 1),
      other("pi", BuiltIn::Kind::Constant, 0),
      other("training", BuiltIn::Kind::Constant, 0),
  };
  return table;
}

const BuiltIn* find_built_in(const std::string& name) {
  for (const BuiltIn& row : built_ins())
    if (name == row.name) return &row;
  return nullptr;
}

}  // namespace dnnc
