#pragma once
#include <string>

#include "test/campaign/network.h"

namespace dnnc::campaign {

/// Losses, metrics and an optimizer of the program's own, and a block `train network on d` that uses them or those of
/// the library, with schedules, clipping and averages.
struct TrainingText {
  std::string definitions, block;
  int64_t batch = 1;
};
TrainingText random_training(Choices& choices, const Network& network);

}  // namespace dnnc::campaign
