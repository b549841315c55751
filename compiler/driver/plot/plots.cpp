#include "compiler/driver/plot/plots.h"

#include <algorithm>

#include "compiler/driver/commands.h"

namespace dnnc {
namespace {

constexpr size_t any_number = SIZE_MAX;
constexpr runtime::Deeds of_program = draws | makes_graphs | runs_passes;
constexpr runtime::Deeds of_data = of_program | runtime::reads_data | runtime::says_more;
constexpr runtime::Deeds of_trained = of_data | makes_code | uses_jobs | runtime::takes_weights | runtime::uses_part |
                                      runtime::runs_code | runtime::shows_progress;
/// A program with --weights, or a record.
constexpr const char* trained = "FILE|RECORD";
constexpr const char* program = runtime::placeholders::file;

}  // namespace

const std::vector<PlotKind>& plot_kinds() {
  static const std::vector<PlotKind> table = {
      {{"plot function", "functions of one number: value and derivative", of_program | draws_function,
        "relu tanh swish -o curves.svg\n'log(1 + x^2)' --range -3..3 -o curve.png\nmine model.dnn -o curve.svg"},
       {"FUNCTION... [FILE]", 1, any_number},
       plot_function},
      {{"plot net", "the layers with shapes, parameters and operations", of_program, "model.dnn -o net.svg"},
       {program},
       plot_net},
      {{"plot memory", "what of the memory is in use in each call of a step", of_program, "model.dnn -o memory.svg"},
       {program},
       plot_memory},
      {{"plot schedule", "the rate of each optimizer over the steps", of_data | runtime::trains,
        "model.dnn -o rate.svg\nmodel.dnn --epochs 20 -o rate.svg"},
       {program},
       plot_schedule},
      {{"plot data", "examples with their classes, and how columns are distributed",
        of_data | runtime::uses_part | draws_examples | draws_columns,
        "model.dnn -o data.png\nmodel.dnn --columns width,length -o data.png\nmodel.dnn --part test --count 9 -o "
        "data.png"},
       {program},
       plot_data},
      {{"plot weights", "filters as pictures, and how weights are distributed", draws, "w.safetensors -o weights.png"},
       {"WEIGHTS", 1, 1, false},
       plot_weights},
      {{"plot history", "loss and metrics over the epochs, of several trainings beside each other", draws,
        "history.jsonl -o curves.svg\nfirst second -o curves.svg"},
       {"RECORD...", 1, any_number, false},
       plot_history},
      {{"plot predictions", "what a net answers to examples, wrong ones marked", of_trained | draws_examples,
        "model.dnn --weights w.safetensors -o answers.png"},
       {trained},
       plot_predictions},
      {{"plot confusion", "which classes a net takes for which", of_trained,
        "model.dnn --weights w.safetensors -o confusion.svg"},
       {trained},
       plot_confusion},
      {{"plot boundary", "what a net of two numbers answers where, with the examples", of_trained,
        "model.dnn --weights w.safetensors -o boundary.png"},
       {trained},
       plot_boundary},
      {{"plot regression", "answers against targets, and how far they are off", of_trained,
        "model.dnn --weights w.safetensors -o answers.svg"},
       {trained},
       plot_regression},
      {{"plot roc", "how many are found and how many are taken wrongly", of_trained,
        "model.dnn --weights w.safetensors -o roc.svg"},
       {trained},
       plot_roc},
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
