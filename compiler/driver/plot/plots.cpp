#include "compiler/driver/plot/plots.h"

#include <algorithm>

#include "compiler/driver/commands.h"

namespace dnnc {
namespace {

constexpr size_t any_number = SIZE_MAX;
constexpr runtime::Deeds of_program = draws | makes_graphs | runs_passes;

}  // namespace

const std::vector<PlotKind>& plot_kinds() {
  static const std::vector<PlotKind> table = {
      {{"plot function", "functions of one number: value and derivative", of_program | draws_function,
        "relu tanh swish -o curves.svg\n'log(1 + x^2)' --range -3..3 -o curve.png\nmine model.dnn -o curve.svg"},
       {"FUNCTION... [FILE]", 1, any_number},
       plot_function},
  };
  return table;
}

std::string PlotKind::word() const {
  const std::string name = form.name;
  return name.substr(name.rfind(' ') + 1);
}

const PlotKind* find_plot_kind(std::string_view name) {
  const auto found = std::ranges::find(plot_kinds(), name, &PlotKind::word);
  return found == plot_kinds().end() ? nullptr : &*found;
}

}  // namespace dnnc
