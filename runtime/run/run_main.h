#pragma once
#include <functional>
#include <string>

namespace dnnc::runtime {

/// The inside of main() of dnnc and of trainers: gives the exit code of `body`; whatever it throws becomes a message that
/// begins with `name`, and an exit code. `report_with` says what a report of a fault of the compiler needs besides the
/// message; it may be empty. Output that is lost is an error too (files/streams.h).
int run_main(const std::string& name, const std::string& report_with, const std::function<int()>& body);

}  // namespace dnnc::runtime
