#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/program/roles.h"

/// The numbers of a run, by the names that programs ask for them: `expect test.accuracy > 0.9`, `on: validation.loss`.
namespace dnnc::runtime {

/// Those of the run as a whole.
enum class RunNumber : uint8_t {
  Parameters,
  TrainMemory,    ///< bytes that a machine allocates for training
  PredictMemory,  ///< and for answering alone
  EpochTime       ///< seconds
};
template <>
inline constexpr std::array words<RunNumber> = {
    Word{RunNumber::Parameters, "params"}, Word{RunNumber::TrainMemory, "memory.train"},
    Word{RunNumber::PredictMemory, "memory.predict"}, Word{RunNumber::EpochTime, "time.epoch"}};

/// Beside its metrics, what is measured of each part of the data.
inline constexpr const char* loss_name = word_of(OutputRole::Loss);
/// What is measured of a part: "validation.loss"
inline std::string part_number(DataPart part, std::string_view measure) {
  return std::string(word_of(part)).append(".").append(measure);
}

}  // namespace dnnc::runtime
