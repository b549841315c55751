#pragma once
#include <cstdint>
#include <string>

/// The file of --history: a line of JSON for each epoch.
namespace dnnc::runtime {

/// That writing a history there loses nothing but a history, asked before training. One that begins anew empties the file; where
/// a training `goes_on`, other lines stay, if the file begins as a history. Throws Failure that names the line.
void expect_history(const std::string& path, bool goes_on);

/// What stays of a history when the run trains from this epoch on, of whose training so many steps are made: all but its lines of
/// epochs and steps that are trained again, and what a power cut has left of a line.
std::string history_before(const std::string& text, const std::string& run, int64_t epoch, int64_t steps);

}  // namespace dnnc::runtime
