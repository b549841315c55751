#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/plot/plots.h"
#include "compiler/plot/histogram.h"
#include "compiler/records/record.h"
#include "runtime/files/files.h"
#include "runtime/files/safetensors.h"
#include "runtime/program/data_description.h"
#include "runtime/program/failure.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

constexpr size_t most_tensors = 24, most_filters = 64;
constexpr int64_t largest_filter = 32;

struct Weights {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> values;
};

std::string shape_of(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t extent : shape) text += fmt::format("{}{}", text.empty() ? "" : " × ", extent);
  return text.empty() ? "1" : text;
}

/// What is multiplied with a piece of a picture: rows, columns, channels of what it is laid on, and which filter.
bool are_filters(const Weights& weights) {
  const std::vector<int64_t>& shape = weights.shape;
  return shape.size() == 4 && shape[0] > 1 && shape[1] > 1 && shape[0] <= largest_filter && shape[1] <= largest_filter;
}

/// Of three channels as colours, else the first channel; what is 0 is gray, black the smallest and white the largest number of all
/// filters, so that they can be compared, but for the fiftieth that is farthest from 0.
chart::Panel filters_of(const Weights& weights) {
  const int64_t height = weights.shape[0], width = weights.shape[1], channels = weights.shape[2],
                filters = weights.shape[3];
  const bool coloured = channels == 3;
  std::vector<float> sizes;
  for (const float value : weights.values) sizes.push_back(std::abs(value));
  std::ranges::sort(sizes);
  const float most = std::max(1e-30F, sizes[(sizes.size() - 1) * 49 / 50]);
  chart::Images images{.columns = filters <= 16 ? 8 : 12, .images = {}};
  const auto count = std::min<int64_t>(filters, most_filters);
  for (int64_t f = 0; f < count; ++f) {
    chart::Images::Image image{.width = width, .height = height, .rgb = {}};
    for (int64_t pixel = 0; pixel < height * width; ++pixel)
      for (int64_t c = 0; c < 3; ++c) {
        const float value = weights.values[static_cast<size_t>((pixel * channels + (coloured ? c : 0)) * filters + f)];
        image.rgb.push_back(static_cast<uint8_t>(std::lround(127.5F + 127.5F * std::clamp(value / most, -1.0F, 1.0F))));
      }
    images.images.push_back(std::move(image));
  }
  std::string title = fmt::format("{}: {} filters of {} × {}", weights.name, filters, height, width);
  if (count < filters) title += fmt::format(", the first {}", count);
  if (!coloured && channels > 1) title += ", first channel";
  return {title, images, true};
}

chart::Panel histogram_of(const Weights& weights) {
  const std::vector<double> values(weights.values.begin(), weights.values.end());
  const chart::Plot plot = chart::distribution(values, "value", "numbers", {});
  return {fmt::format("{}: {}", weights.name, shape_of(weights.shape)), plot};
}

/// Parameters and states, in the order of the file.
std::vector<Weights> read_weights_file(const std::string& path) {
  const runtime::SafetensorsFile file(path);
  std::vector<Weights> all;
  for (const std::string& name : file.names()) {
    const bool other = !runtime::averaged_parameter(name).empty() || runtime::is_optimizer_state(name) ||
                       runtime::statistic_named(name) || name.starts_with(runtime::best_name(""));
    const std::vector<int64_t> shape = file.shape(name);
    if (other || runtime::element_count(shape) < 2) continue;
    all.push_back({name, shape, file.floats(name, shape, "")});
  }
  if (all.empty())
    throw runtime::Failure(runtime::exit_wrong, path + ": there are no arrays of weights in it that could be drawn");
  return all;
}

}  // namespace

std::optional<chart::Figure> plot_weights(Session& session) {
  std::string path = session.options().words[1];
  if (runtime::is_folder(path)) path = read_one_record(path, "").weights();
  const std::vector<Weights> all = read_weights_file(path);
  size_t numbers = 0;
  for (const Weights& weights : all) numbers += weights.values.size();
  chart::Figure figure{
      "Weights",
      fmt::format("{} arrays, {} numbers", all.size(), chart::number_text(static_cast<double>(numbers), 15)),
      2,
      {}};
  for (const Weights& weights : all)
    if (are_filters(weights)) figure.panels.push_back(filters_of(weights));
  for (size_t k = 0; k < all.size() && k < most_tensors; ++k) figure.panels.push_back(histogram_of(all[k]));
  if (all.size() > most_tensors) figure.subtitle += fmt::format("; histograms of the first {}", most_tensors);
  return figure;
}

}  // namespace dnnc
