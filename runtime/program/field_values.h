#pragma once
#include <cmath>
#include <cstdio>
#include <string>

#include "runtime/program/data_description.h"

/// Which values the fields of data may have. A header alone: the compiler asks it of numbers in the text, loaders of all others.
namespace dnnc::runtime {

/// A number as a person would write it: 7, 0.5, 16777217.
inline std::string value_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

/// Formulas compute in float32. Below this every whole number is one, and none of the text rounds to one.
inline constexpr double end_of_whole = 16777216;

/// What is wrong with a value for the declared type, or an empty text: "7 is no class: there are 5, from 0 to 4".
inline std::string fault_of(const RawField& field, double value) {
  const auto fault = [&](bool right, const char* why) { return right ? std::string() : value_text(value) + why; };
  const bool whole = value == std::floor(value);
  if (!std::isfinite(value)) return fault(false, " is no finite number");
  if (field.bytes && (!whole || value < 0 || value > 255))
    return fault(false, " is no point of a picture, a whole number from 0 to 255");
  switch (field.element.kind) {
    case Element::Kind::Real:
      if (field.positive && value < 0) return fault(false, " is no weight: weights are at least 0");
      if (field.probability && (value < 0 || value > 1)) return fault(false, " is not between 0 and 1");
      return fault(std::abs(value) <= 3.4028234e38, " is too large for a 32-bit number");
    case Element::Kind::Class:
      if (whole && value >= 0 && value < static_cast<double>(field.element.classes)) return "";
      return value_text(value) + " is no class: there are " + std::to_string(field.element.classes) + ", from 0 to " +
             std::to_string(field.element.classes - 1);
    case Element::Kind::Integer:
      if (!whole) return fault(false, " is no whole number");
      if (std::abs(value) >= end_of_whole)
        return fault(false, " is too large for `int`: whole numbers are exact up to 16777215");
      if (value >= static_cast<double>(field.least) && value <= static_cast<double>(field.most)) return "";
      return value_text(value) + " is no label: there are " + std::to_string(field.most - field.least + 1) + ", from " +
             std::to_string(field.least) + " to " + std::to_string(field.most);
  }
  return "";
}

}  // namespace dnnc::runtime
