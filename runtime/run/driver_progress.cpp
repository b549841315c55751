#include "runtime/run/driver_progress.h"

#include "runtime/files/streams.h"

namespace dnnc::runtime {
namespace {

using namespace std::chrono_literals;
/// A driver that begins again so soon has only been asked for the next kernels of the same program.
constexpr auto pause_of_driver = 1s;

std::string driver_text(const std::string& driver, int64_t kernels, Progress::Clock::time_point began) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Progress::Clock::now() - began).count();
  return "a driver has been compiling " + std::to_string(kernels) + (kernels == 1 ? " kernel" : " kernels") + " for " +
         std::to_string(seconds) + " s (" + driver + ")";
}

}  // namespace

DriverProgress::DriverProgress(bool shown, std::chrono::milliseconds patience) : shown_(shown), patience_(patience) {
  if (shown_) listen_to_drivers(this);
}

DriverProgress::~DriverProgress() {
  if (shown_) listen_to_drivers(nullptr);
}

void DriverProgress::compiles(const std::string& driver, int64_t more) {
  if (compiles_) {
    *kernels_ += more;
    return;
  }
  compiles_ = true;
  const bool terminal = draws_on_terminal();
  const Clock::time_point now = Clock::now();
  if (!kernels_ || now - rested_ > pause_of_driver) {
    kernels_ = std::make_shared<std::atomic<int64_t>>(0);
    began_ = now;
    next_ = Progress::first(terminal, patience_);
  }
  *kernels_ += more;
  if (!doing_) own_ = std::make_unique<Progress>(terminal, next_);
  (doing_ ? doing_ : own_.get())->wait_for([driver, kernels = kernels_, began = began_] {
    return driver_text(driver, *kernels, began);
  });
}

void DriverProgress::rests() {
  if (!compiles_) return;
  compiles_ = false;
  rested_ = Clock::now();
  if (own_) next_ = own_->next();
  own_.reset();
  if (doing_) doing_->wait_for(nullptr);
}

}  // namespace dnnc::runtime
