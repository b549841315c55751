#include "compiler/driver/compare_table.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/program/shown.h"
#include "runtime/run/events.h"

namespace dnnc {
namespace {

/// Subscripts of an element as formulas have them; of a number alone none.
std::string subscripts(const std::vector<int64_t>& shape, int64_t element) {
  std::vector<int64_t> places(shape.size());
  for (size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) places[axis] = element % shape[axis];
  return places.empty() ? "" : fmt::format("[{}]", fmt::join(places, ", "));
}

std::string share_text(const ComparedNumber& number) {
  if (std::isinf(number.bound)) return "";
  return fmt::format("{:.3g}%", 100 * number.share());
}

std::string number_text(const ComparedTensor& row, const ComparedNumber& number) {
  const std::string bound = std::isinf(number.bound) ? "no bound" : fmt::format("{:.3g}", number.bound);
  return fmt::format("{:>10.3g}  {:>10}  {:>8}  {:>4}  {:<14}  ", number.difference, bound, share_text(number),
                     number.step, subscripts(row.shape, number.element));
}

const char* mark(const ComparedNumber& number) { return number.share() > 1 ? "  BEYOND ITS BOUND" : ""; }

}  // namespace

double ComparedNumber::share() const {
  if (difference == 0 || std::isinf(bound)) return 0;
  return bound > 0 ? difference / bound : std::numeric_limits<double>::infinity();
}

void ComparedTensor::take(const ComparedNumber& number) {
  widest = std::max(widest, number.bound);
  const bool first = !compared();
  if (first || number.difference > largest.difference) largest = number;
  if (first || number.share() > nearest.share()) nearest = number;
}

std::string compared_text(const std::vector<ComparedTensor>& rows, const std::vector<std::string>& devices,
                          int64_t steps) {
  size_t width = 6;
  for (const ComparedTensor& row : rows) width = std::max(width, row.device.size());
  std::string text = fmt::format(
      "{} step{} of training on {}, each from the same weights. Of each tensor, by how much it differs from that of "
      "{}:\n"
      "difference  the largest of all elements and steps, in that step at that element\n"
      "bound       by how much roundings may let that element differ in that step; more is a fault\n"
      "of bound    the difference in percent of the bound. A second line tells the element that comes nearest to its "
      "bound,\n"
      "            where that is another\n\n",
      steps, steps == 1 ? "" : "s", fmt::join(devices, ", "), devices.front());
  text += fmt::format("{:>10}  {:>10}  {:>8}  {:>4}  {:<14}  {:<{}}  {}\n", "difference", "bound", "of bound", "step",
                      "element", "device", width, "tensor");
  for (const ComparedTensor& row : rows) {
    if (!row.compared()) continue;
    text +=
        number_text(row, row.largest) + fmt::format("{:<{}}  {}  ({}){}\n", row.device, width, runtime::shown(row.what),
                                                    runtime::shown(row.place), mark(row.largest));
    if (row.nearest.share() > row.largest.share())
      text += number_text(row, row.nearest) +
              fmt::format("{:<{}}  the nearest to its bound{}\n", "", width, mark(row.nearest));
  }
  return text;
}

nlohmann::ordered_json compared_json(const ComparedTensor& row) {
  return {{"tensor", row.name},
          {"what", row.what},
          {"line", row.place},
          {"device", row.device},
          {"difference", runtime::json_number(row.largest.difference)},
          {"difference_step", row.largest.step},
          {"difference_element", row.largest.element},
          {"difference_bound", runtime::json_number(row.largest.bound)},
          {"step", row.nearest.step},
          {"element", row.nearest.element},
          {"at_element", runtime::json_number(row.nearest.difference)},
          {"bound", runtime::json_number(row.nearest.bound)},
          {"of_bound", runtime::json_number(row.nearest.share())},
          {"widest_bound", runtime::json_number(row.widest)},
          {"in_bound", !row.beyond()}};
}

}  // namespace dnnc
