#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/plot/chart.h"
#include "compiler/records/record.h"
#include "runtime/program/event_schema.h"
#include "runtime/run/command_line.h"

namespace dnnc {

/// The words behind the kind of a picture.
struct PlotWords {
  const char* form;  ///< as help tells it: "FUNCTION... [FILE]"
  size_t least = 1, most = 1;
  bool program = true;  ///< the last, or only one, may name a program: Options::file
};

/// What `dnnc plot` draws. Its options are those of the deeds, as those of a command are.
struct PlotKind {
  runtime::CommandForm form;  ///< "plot function"
  PlotWords words;
  std::optional<chart::Figure> (*make)(Session&);  ///< std::nullopt if there was an error; it has been printed
  /// As the command line has it: "function".
  std::string word() const;
};

/// All kinds, in the order of the help.
const std::vector<PlotKind>& plot_kinds();
/// Null if there is none of that name.
const PlotKind* find_plot_kind(std::string_view name);

/// The format that a name asks for by its ending; std::nullopt where that is none.
std::optional<chart::Format> format_of(const std::string& path);

/// Draws a figure where -o wants it, and says so.
void write_picture(Session& session, const chart::Figure& figure);

/// Loss and metrics of trainings over their epochs.
chart::Figure history_of_records(const std::vector<TrainingRecord>& records);

/// What several pictures call the same.
inline constexpr const char *answer_title = runtime::event_fields::answer, *examples_title = "examples";

// Functions of the table, in plot_NAME.cpp.
std::optional<chart::Figure> plot_function(Session& session);
std::optional<chart::Figure> plot_net(Session& session);
std::optional<chart::Figure> plot_memory(Session& session);
std::optional<chart::Figure> plot_schedule(Session& session);
std::optional<chart::Figure> plot_data(Session& session);
std::optional<chart::Figure> plot_weights(Session& session);
std::optional<chart::Figure> plot_history(Session& session);
std::optional<chart::Figure> plot_predictions(Session& session);
std::optional<chart::Figure> plot_confusion(Session& session);
std::optional<chart::Figure> plot_boundary(Session& session);
std::optional<chart::Figure> plot_regression(Session& session);
std::optional<chart::Figure> plot_roc(Session& session);

}  // namespace dnnc
