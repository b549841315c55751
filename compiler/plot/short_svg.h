#pragma once
#include <string>

namespace dnnc::chart {

/// The same picture in fewer bytes, of an SVG as cairo writes it: places to a hundredth of a pixel, paths from point to point,
/// colours as six digits, and nothing that is said anyway.
std::string short_svg(const std::string& svg);

}  // namespace dnnc::chart
