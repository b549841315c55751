#pragma once
#include "compiler/plot/chart.h"

namespace dnnc::chart {

/// How many of the values lie where: in bins of one round width, or where there are few whole ones at each of them. What is not
/// finite lies nowhere.
Bars histogram(const std::vector<double>& values, const std::string& name, Colour colour);

/// The same over an axis of that title, and how many there are of what is counted.
Plot distribution(const std::vector<double>& values, const std::string& title, const std::string& counted,
                  Colour colour);

}  // namespace dnnc::chart
