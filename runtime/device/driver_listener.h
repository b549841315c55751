#pragma once
#include <cstdint>
#include <string>

namespace dnnc::runtime {

/// Is told while a program waits for a driver that compiles, by the thread that waits.
class DriverListener {
 public:
  virtual ~DriverListener() = default;
  /// The driver, by its device, was given so many kernels more. Where it takes fewer than it was given it has `more` below 0.
  virtual void compiles(const std::string& driver, int64_t more) = 0;
  /// All that was asked is done.
  virtual void rests() = 0;
};

/// Null: nobody is told.
void listen_to_drivers(DriverListener* listener);

}  // namespace dnnc::runtime
