#pragma once
#include <string>

#include "compiler/driver/commands.h"
#include "compiler/driver/options.h"
#include "compiler/driver/plot/plots.h"

namespace dnnc {

/// The help of a kind of picture, or where it is null of all of them.
std::string help_of_plots(const runtime::CommandLine& line, const Command& command, const PlotKind* kind);

/// Takes the words that say what is drawn, the kind first. What is wrong with them, if something is.
std::string take_plot_words(const PlotKind* kind, Options& options);

/// What is wrong with the picture that is to be written, if something is. Where no kind asks for one there may be none.
std::string fault_of_picture(const PlotKind* kind, const Options& options);

}  // namespace dnnc
