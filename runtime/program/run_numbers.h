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

/// The word before the dot: "memory" of "memory.train".
constexpr std::string_view group_of(RunNumber number) {
  const std::string_view word = word_of(number);
  return word.substr(0, word.find('.'));
}

/// What a number counts.
enum class Quantity : uint8_t {
  Any,    ///< a number of a text, which may be meant as any, or one whose kind is not told
  Plain,  ///< a loss, a metric, an answer
  Bytes,
  Time
};
constexpr Quantity quantity_of(RunNumber number) {
  switch (number) {
    case RunNumber::Parameters:
      return Quantity::Plain;
    case RunNumber::TrainMemory:
    case RunNumber::PredictMemory:
      return Quantity::Bytes;
    case RunNumber::EpochTime:
      return Quantity::Time;
  }
  return Quantity::Any;
}

/// Beside its metrics, what is measured of each part of the data.
inline constexpr const char* loss_name = word_of(OutputRole::Loss);
/// What is measured of a part: "validation.loss"
inline std::string part_number(DataPart part, std::string_view measure) {
  return std::string(word_of(part)).append(".").append(measure);
}

}  // namespace dnnc::runtime
