#pragma once
#include <cstdint>

#include "runtime/program/words.h"

/// What the training loop gives the entries of a program beside examples: inputs of the role Setting, by these names.
namespace dnnc::runtime {

enum class SettingName : uint8_t {
  Seed,
  Step,       ///< from 1 on in training; 0 elsewhere
  Steps,      ///< of the whole training
  Epoch,      ///< from 1 on
  Epochs,     ///< of the whole training
  RateScale,  ///< what `anneal` multiplies the rate by
  Count,      ///< rows of the batch that are examples
  First       ///< number of the batch's first example among those that are evaluated or predicted; whole
};
template <>
inline constexpr std::array words<SettingName> = {
    Word{SettingName::Seed, "seed"},   Word{SettingName::Step, "step"},     Word{SettingName::Steps, "steps"},
    Word{SettingName::Epoch, "epoch"}, Word{SettingName::Epochs, "epochs"}, Word{SettingName::RateScale, "rate_scale"},
    Word{SettingName::Count, "count"}, Word{SettingName::First, "first"}};

/// Whether it is kept as a whole number: what draws are made of must not be rounded. All others are float32.
constexpr bool is_whole(SettingName name) {
  return name == SettingName::Seed || name == SettingName::Step || name == SettingName::First;
}

/// What formulas of a train block may name.
inline constexpr std::array loop_settings = {SettingName::Step, SettingName::Steps, SettingName::Epoch,
                                             SettingName::Epochs};

}  // namespace dnnc::runtime
