#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/program/words.h"

/// Names of inputs and outputs that are made of other names: made and taken apart here alone.
namespace dnnc::runtime {

/// How a field is fitted to the training part.
enum class FitMethod : uint8_t {
  Standardize,  ///< less its mean, by its deviation
  Mean,         ///< these fill what is missing
  Median,
  MostFrequent
};
template <>
inline constexpr std::array words<FitMethod> = {Word{FitMethod::Standardize, "standardize"},
                                                Word{FitMethod::Mean, "mean"}, Word{FitMethod::Median, "median"},
                                                Word{FitMethod::MostFrequent, "most_frequent"}};

/// What is known of a field that is fitted, over the training part.
enum class Statistic : uint8_t {
  Mean,
  MeanRest,  ///< what float32 leaves of the mean
  Deviation,
  Fill  ///< what stands in place of a missing value
};
template <>
inline constexpr std::array words<Statistic> = {Word{Statistic::Mean, "mean"}, Word{Statistic::MeanRest, "mean_rest"},
                                                Word{Statistic::Deviation, "deviation"}, Word{Statistic::Fill, "fill"}};

/// The statistics that a method gives, in the order in which a FittedField has their offsets.
inline std::span<const Statistic> statistics_of(FitMethod method) {
  static constexpr Statistic standardize[] = {Statistic::Mean, Statistic::MeanRest, Statistic::Deviation};
  static constexpr Statistic fill[] = {Statistic::Fill};
  if (method == FitMethod::Standardize) return standardize;
  return fill;
}

/// "features.mean"
inline std::string statistic_name(std::string_view field, Statistic statistic) {
  return std::string(field) + "." + word_of(statistic);
}
/// Which statistic the name means; std::nullopt if it means none.
constexpr std::optional<Statistic> statistic_named(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::nullopt : value_named<Statistic>(name.substr(dot + 1));
}

inline constexpr std::string_view rest_beginning = "rest of ";
/// What float32 leaves of a field of the source: "rest of x".
inline std::string rest_name(std::string_view field) { return std::string(rest_beginning).append(field); }
/// The field whose rest is called so; empty if the name is that of no rest.
constexpr std::string_view field_of_rest(std::string_view name) {
  return name.starts_with(rest_beginning) ? name.substr(rest_beginning.size()) : "";
}
/// Beside the values of a field that is filled: 1 where one is missing.
inline std::string missing_name(std::string_view field) { return std::string("missing of ").append(field); }

inline constexpr std::string_view average_ending = ".average";
/// The running average of a parameter: "mlp/dense1/w.average".
inline std::string average_name(std::string_view parameter) { return std::string(parameter).append(average_ending); }
/// The parameter whose running average is called so; empty if the name is that of no average.
constexpr std::string_view averaged_parameter(std::string_view average) {
  return average.ends_with(average_ending) ? average.substr(0, average.size() - average_ending.size()) : "";
}

/// What tells the covariance of two values over a batch: of each the mean, a float32, and the sum of what it leaves of the values,
/// and the sum of the products of these rests. Of a variance those of the second are not there: they are those of the first.
enum class MeanPart : uint8_t { Mean, Rest, SecondMean, SecondRest, Products };
template <>
inline constexpr std::array words<MeanPart> = {
    Word{MeanPart::Mean, "mean"}, Word{MeanPart::Rest, "rest"}, Word{MeanPart::SecondMean, "second_mean"},
    Word{MeanPart::SecondRest, "second_rest"}, Word{MeanPart::Products, "products"}};
/// "r2.1.products"
inline std::string mean_part_name(std::string_view mean, MeanPart part) {
  return std::string(mean) + "." + word_of(part);
}

inline constexpr char optimizer_state_mark = ':';
/// What an optimizer keeps for a parameter: "mlp/dense1/w:m".
inline std::string optimizer_state_name(std::string_view parameter, std::string_view state) {
  return (std::string(parameter) + optimizer_state_mark).append(state);
}
constexpr bool is_optimizer_state(std::string_view name) { return name.find(optimizer_state_mark) != name.npos; }
/// In a checkpoint the tensor of that name as the best epoch left it: "best/mlp/dense1/w".
inline std::string best_name(std::string_view name) { return std::string("best/").append(name); }
/// "gradient of mlp/dense1/w"
inline std::string gradient_name(std::string_view parameter) { return std::string("gradient of ").append(parameter); }

/// The label beside the probabilities of an output of the net: "output.label".
inline std::string label_name(std::string_view output) { return std::string(output).append(".label"); }

}  // namespace dnnc::runtime
