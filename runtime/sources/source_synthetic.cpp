#include <cmath>
#include <numbers>

#include "runtime/data/source.h"
#include "runtime/data/source_table.h"
#include "runtime/program/philox.h"

/// `moons circles spirals blobs linear(n: 1000, noise: 0.1, seed: 1)`: points made by formulas. Fields x and y. Example k
/// is of class k mod the number of classes, so that every part of the data has all of them. `noise` is the standard
/// deviation of what is added to each number of x (of `linear`: to y).
namespace dnnc::runtime {
namespace {

constexpr uint64_t example_stream = 1, weight_stream = 2;
constexpr double most_examples = *source_rows::synthetic[0].most;
constexpr double standard_count = source_rows::synthetic[0].standard.value(),
                 standard_noise = source_rows::synthetic[1].standard.value();

/// Numbers of one stream by their distributions.
class Draws {
 public:
  Draws(uint64_t seed, uint64_t stream) : words_(seed, stream << 32) {}
  double uniform() { return words_.uniform(); }
  /// Box and Muller's method, one of its two numbers.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform() + 0x1p-24));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  RandomSequence words_;
};

struct Point {
  double x, y;
};

Point moon(int64_t label, int64_t, Draws& draws) {
  const double angle = std::numbers::pi * draws.uniform();
  if (label == 0) return {std::cos(angle), std::sin(angle)};
  return {1 - std::cos(angle), 0.5 - std::sin(angle)};
}

Point circle(int64_t label, int64_t, Draws& draws) {
  const double angle = 2 * std::numbers::pi * draws.uniform(), radius = label == 0 ? 1 : 0.5;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// Arms of one and a half turns from the middle to radius 1.
Point spiral(int64_t label, int64_t labels, Draws& draws) {
  const double radius = draws.uniform();
  const double angle =
      2 * std::numbers::pi * static_cast<double>(label) / static_cast<double>(labels) + 3 * std::numbers::pi * radius;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// Centres evenly on the circle of radius 1.
Point blob(int64_t label, int64_t labels, Draws&) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(label) / static_cast<double>(labels);
  return {std::cos(angle), std::sin(angle)};
}

struct Settings {
  int64_t examples;
  double noise;
  uint64_t seed;
};

Settings settings_of(const DataValue& source) {
  const double examples = source.value(source_words::count, standard_count);
  if (examples > most_examples) refuse(source.text + "(...)", "", "makes at most 100,000,000 examples");
  return {static_cast<int64_t>(examples), source.value(source_words::noise, standard_noise),
          source.whole_value(source_words::seed, 0)};
}

const RawField* field_named(const SourceRequest& request, const std::string& name) {
  for (const RawField& field : request.data.raw)
    if (field.name == name) return &field;
  return nullptr;
}

/// Stores a number into one of the fields if the program reads it.
void put(std::vector<FieldWriter>& writers, const SourceRequest& request, const std::string& field, int64_t example,
         int64_t element, double value) {
  for (size_t k = 0; k < writers.size(); ++k) {
    if (request.data.raw[k].name != field) continue;
    const std::string fault = writers[k].put(example, element, value);
    if (!fault.empty()) refuse(request.data.source.text + "(...)", "example " + std::to_string(example + 1), fault);
  }
}

LoadedSource finish(std::vector<FieldWriter>& writers, int64_t examples) {
  LoadedSource loaded;
  loaded.examples = examples;
  for (FieldWriter& writer : writers) loaded.fields.push_back(writer.finish());
  return loaded;
}

std::vector<FieldWriter> writers_for(const SourceRequest& request, int64_t examples) {
  std::vector<FieldWriter> writers;
  for (const RawField& field : request.data.raw) writers.emplace_back(field, examples);
  return writers;
}

LoadedSource load_points(const SourceRequest& request, Point (*point_of)(int64_t, int64_t, Draws&), bool two_classes) {
  const Settings settings = settings_of(request.data.source);
  const RawField* y = field_named(request, "y");
  const auto centers = static_cast<int64_t>(request.data.source.value(source_words::centers, 0));
  const int64_t labels = centers > 0                                                    ? centers
                         : y && y->element.kind == Element::Kind::Class && !two_classes ? y->element.classes
                                                                                        : 2;
  std::vector<FieldWriter> writers = writers_for(request, settings.examples);
  Draws draws(settings.seed, example_stream);
  for (int64_t k = 0; k < settings.examples; ++k) {
    const Point point = point_of(k % labels, labels, draws);
    put(writers, request, "x", k, 0, point.x + settings.noise * draws.normal());
    put(writers, request, "x", k, 1, point.y + settings.noise * draws.normal());
    put(writers, request, "y", k, 0, static_cast<double>(k % labels));
  }
  return finish(writers, settings.examples);
}

LoadedSource load_moons(const SourceRequest& request) { return load_points(request, moon, true); }
LoadedSource load_circles(const SourceRequest& request) { return load_points(request, circle, true); }
LoadedSource load_spirals(const SourceRequest& request) { return load_points(request, spiral, false); }
LoadedSource load_blobs(const SourceRequest& request) { return load_points(request, blob, false); }

/// Normal x; y is a drawn linear form of x with noise, or for labels and probabilities whether that is above 0.
LoadedSource load_linear(const SourceRequest& request) {
  const Settings settings = settings_of(request.data.source);
  const RawField* x = field_named(request, "x");
  const RawField* y = field_named(request, "y");
  const int64_t count = x ? x->count() : 1;
  const bool labels = y && (y->element.kind != Element::Kind::Real || y->probability);
  Draws weight_draws(settings.seed, weight_stream), draws(settings.seed, example_stream);
  std::vector<double> weights;
  for (int64_t element = 0; element <= count; ++element) weights.push_back(weight_draws.normal());
  std::vector<FieldWriter> writers = writers_for(request, settings.examples);
  for (int64_t k = 0; k < settings.examples; ++k) {
    double sum = weights.back();
    for (int64_t element = 0; element < count; ++element) {
      const double value = draws.normal();
      put(writers, request, "x", k, element, value);
      sum += value * weights[static_cast<size_t>(element)];
    }
    sum += settings.noise * draws.normal();
    put(writers, request, "y", k, 0, labels ? (sum > 0 ? 1 : 0) : sum);
  }
  return finish(writers, settings.examples);
}

}  // namespace
}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(moons, dnnc::runtime::load_moons)
DNNC_DEFINE_SOURCE(circles, dnnc::runtime::load_circles)
DNNC_DEFINE_SOURCE(spirals, dnnc::runtime::load_spirals)
DNNC_DEFINE_SOURCE(blobs, dnnc::runtime::load_blobs)
DNNC_DEFINE_SOURCE(linear, dnnc::runtime::load_linear)
