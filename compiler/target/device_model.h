#pragma once
#include <cstdint>

#include "runtime/program/words.h"

namespace dnnc {

/// A device whose time can be told without having it.
enum class DeviceModelName : uint8_t { H200, A100, Rtx4090 };

/// What its maker says of it.
struct DeviceModel {
  double lanes;             ///< multiply-adds of float32 that it begins in a cycle
  double hertz;             ///< with all of them at work
  double bytes_per_second;  ///< of its memory
};

/// NVIDIA's data sheets: H200 (SXM), A100 (SXM, 80 GB), GeForce RTX 4090.
constexpr DeviceModel model_of(DeviceModelName name) {
  switch (name) {
    case DeviceModelName::H200:
      return {132 * 128, 1.98e9, 4.8e12};
    case DeviceModelName::A100:
      return {108 * 64, 1.41e9, 2.039e12};
    case DeviceModelName::Rtx4090:
      return {128 * 128, 2.52e9, 1.008e12};
  }
  return {};
}

}  // namespace dnnc

namespace dnnc::runtime {

template <>
inline constexpr std::array words<DeviceModelName> = {Word{DeviceModelName::H200, "h200"},
                                                      Word{DeviceModelName::A100, "a100"},
                                                      Word{DeviceModelName::Rtx4090, "rtx4090"}};

}  // namespace dnnc::runtime
