#include "runtime/run/devices.h"

#include "runtime/program/available_memory.h"
#include "runtime/program/device.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {

std::string devices_text(const dnnc_device* kind, const std::string& word) {
  std::string text = "cpu: this processor\n";
  if (!kind) return text;
  try {
    int number = 0;
    for (const ListedDevice& device : kind->list()) {
      text +=
          word + ":" + std::to_string(number++) + ": " + shown(device.name) + ", " + size_text(device.memory) + "\n";
      if (!device.why_not.empty()) text += "  cannot be used: " + device.why_not + "\n";
    }
  } catch (const Failure& failure) {
    text += std::string(failure.what()) + "\n";
  }
  return text;
}

}  // namespace dnnc::runtime
