#pragma once
#include <functional>
#include <span>
#include <string>

#include "runtime/run/command_line.h"

struct dnnc_device;

namespace dnnc::runtime {

/// What a program needs of what it is to run on.
struct DeviceNeed {
  int64_t bytes = 0, largest = 0;  ///< of memory: in all, and in one piece
  std::string lacks;               ///< the instructions that this processor lacks; empty: none
};

/// A target that a program is made for.
struct DeviceCandidate {
  const dnnc_device* device = nullptr;    ///< null: a processor
  std::function<DeviceNeed()> need = {};  ///< asked for when it may be taken; none: of no program
};

struct DeviceChoice {
  size_t candidate = 0;
  std::string note = {};  ///< a line, where something was to be decided
};

/// What --device asks for: any kind of device, processors, or a kind and which of them.
struct DeviceWish {
  std::string kind;
  int number = -1;  ///< -1: the first that can be used
};
namespace device_words {
inline constexpr const char *any = best_here, *processor = "cpu";
}

/// Reads --device; empty is `auto`. Throws Failure(exit_usage).
DeviceWish read_device(const std::string& text);

/// Uses it from then on: what keeps it from being used is found before anything is compiled for it. Throws Failure.
void open_device(const dnnc_device& device, int number);

/// What a wish means, which is what is used from then on. With `auto` a device goes before processors, and each before those that
/// follow. Throws Failure where there is no code for it, no such device, or no driver.
DeviceChoice choose_device(const std::string& wish, std::span<const DeviceCandidate> candidates);

/// What is there, a line each, and why it cannot be used.
std::string devices_text(std::span<const DeviceCandidate> candidates);

}  // namespace dnnc::runtime
