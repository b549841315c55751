#pragma once
#include <string>

namespace dnnc::runtime {

/// What is said if a driver ends the program, which some do where they cannot go on: from now on, until the program ends. Then it
/// ends with exit_input_output, as where a driver says what is wrong.
void expect_driver_to_end(const std::string& words);

/// While one stands, a call of exit() is the driver's too.
class DriverAtWork {
 public:
  DriverAtWork();
  ~DriverAtWork();
  DriverAtWork(const DriverAtWork&) = delete;
  DriverAtWork& operator=(const DriverAtWork&) = delete;
};

}  // namespace dnnc::runtime
