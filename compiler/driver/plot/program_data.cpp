#include "compiler/driver/plot/program_data.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/driver/manifest.h"
#include "compiler/support/grouped.h"
#include "runtime/program/failure.h"
#include "runtime/run/one_run.h"

namespace dnnc {
namespace {

/// Of fewer points nothing is seen.
constexpr int64_t least_points = 4;
constexpr double dark = 64;

template <class Number>
void append(std::vector<double>& numbers, const char* row, int64_t count) {
  for (int64_t k = 0; k < count; ++k) {
    Number number;
    std::memcpy(&number, row + k * static_cast<int64_t>(sizeof number), sizeof number);
    numbers.push_back(static_cast<double>(number));
  }
}

}  // namespace

runtime::DataSet load_program_data(Session& session, const Training& training) {
  const runtime::RunOptions& options = session.options().running;
  if (!options.data.empty() && !runtime::is_folder(options.data))
    throw runtime::Failure(runtime::exit_input_output, options.data + ": is no folder in which data could be");
  runtime::Manifest manifest;
  manifest.data = data_description(training.data, session.sources());
  manifest.folder = folder_of_program(session);
  runtime::Report report(options);
  runtime::DataSet data = runtime::load_data(manifest.data, runtime::load_options(manifest, options, report));
  for (const std::string& note : data.notes) report.note(note + "\n");
  return data;
}

const std::vector<uint32_t>& shown_part(const Session& session, const runtime::DataSet& data) {
  const runtime::DataPart part = session.options().running.part.value_or(runtime::DataPart::Train);
  if (data.part(part).empty())
    throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: the data have no part `{}`", session.options().file,
                                                            runtime::word_of(part)));
  return data.part(part);
}

std::vector<std::string> class_texts(const runtime::DataDescription& description, const runtime::DataNames& names,
                                     const runtime::RawField& field) {
  const auto words = names.words.find(field.name);
  const std::vector<std::string>* known = field.name == description.target ? &names.classes
                                          : words != names.words.end()     ? &words->second
                                                                           : nullptr;
  std::vector<std::string> texts;
  for (int64_t k = 0; k < field.element.classes; ++k)
    texts.push_back(known && static_cast<size_t>(k) < known->size() ? (*known)[static_cast<size_t>(k)]
                                                                    : std::to_string(k));
  return texts;
}

std::string value_text(const runtime::DataDescription& description, const runtime::DataNames& names,
                       const runtime::RawField& field, double value) {
  if (field.element.kind != runtime::Element::Kind::Class) return chart::number_text(value);
  const std::vector<std::string> texts = class_texts(description, names, field);
  return value >= 0 && value < static_cast<double>(texts.size()) ? texts[static_cast<size_t>(value)]
                                                                 : chart::number_text(value);
}

std::vector<double> numbers_of(const runtime::FieldData& field, uint32_t example) {
  std::vector<double> numbers;
  const char* const row = field.row(example);
  switch (field.storage) {
    case runtime::Storage::UInt8:
      append<uint8_t>(numbers, row, field.count);
      break;
    case runtime::Storage::Int32:
      append<int32_t>(numbers, row, field.count);
      break;
    case runtime::Storage::Float64:
      append<double>(numbers, row, field.count);
      break;
    default:
      append<float>(numbers, row, field.count);
      break;
  }
  return numbers;
}

PictureShape picture_shape(const std::vector<int64_t>& shape) {
  const bool flat = shape.size() == 2, deep = shape.size() == 3 && (shape[2] == 1 || shape[2] == 3);
  if ((!flat && !deep) || shape[0] < least_points || shape[1] < least_points) return {};
  return {shape[0], shape[1], flat ? 1 : shape[2]};
}

const runtime::RawField* picture_field(const runtime::DataDescription& description) {
  for (const runtime::RawField& field : description.raw)
    if (field.element.kind == runtime::Element::Kind::Real && picture_shape(field.shape).height > 0) return &field;
  return nullptr;
}

chart::Images::Image picture_of(const std::vector<double>& numbers, const PictureShape& shape, double low,
                                double high) {
  chart::Images::Image image{.width = shape.width, .height = shape.height, .rgb = {}};
  image.rgb.reserve(static_cast<size_t>(shape.height * shape.width * 3));
  for (int64_t pixel = 0; pixel < shape.height * shape.width; ++pixel)
    for (int64_t c = 0; c < 3; ++c) {
      const double value = numbers[static_cast<size_t>(pixel * shape.channels + (shape.channels == 3 ? c : 0))];
      const double part = high > low ? (value - low) / (high - low) : 0.5;
      image.rgb.push_back(static_cast<uint8_t>(std::lround(255 * std::clamp(std::isnan(part) ? 0 : part, 0.0, 1.0))));
    }
  return image;
}

std::vector<uint32_t> spread(const std::vector<uint32_t>& examples, size_t most) {
  if (examples.size() <= most) return examples;
  std::vector<uint32_t> chosen;
  for (size_t k = 0; k < most; ++k) chosen.push_back(examples[k * examples.size() / most]);
  return chosen;
}

std::string some_examples(const std::vector<uint32_t>& chosen, const std::vector<uint32_t>& examples) {
  const std::string all = grouped(std::ssize(examples)) + " examples";
  return chosen.size() == examples.size() ? all : fmt::format("{} of {}", grouped(std::ssize(chosen)), all);
}

std::vector<chart::Images::Image> pictures_of(const runtime::DataSet& data, const runtime::RawField& field,
                                              const std::vector<uint32_t>& examples) {
  const runtime::FieldData& values = data.field(field.name);
  std::vector<std::vector<double>> all;
  double low = INFINITY, high = -INFINITY;
  for (const uint32_t example : examples) all.push_back(numbers_of(values, example));
  for (const auto& numbers : all)
    for (const double number : numbers) {
      low = std::min(low, number);
      high = std::max(high, number);
    }
  // Bytes are as bright as they are, unless all are so dark that they mean another range, as in pictures of 16 shades.
  if (values.storage == runtime::Storage::UInt8) low = 0;
  if (values.storage == runtime::Storage::UInt8 && high > dark) high = 255;
  std::vector<chart::Images::Image> images;
  for (const auto& numbers : all) images.push_back(picture_of(numbers, picture_shape(field.shape), low, high));
  return images;
}

}  // namespace dnnc
