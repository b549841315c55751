#pragma once
#include <atomic>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "compiler/check_gradients/undefined_loss.h"
#include "compiler/interpret/interpret.h"
#include "compiler/passes/passes.h"

namespace dnnc {

/// How far a check is, for whoever watches it from another thread.
struct GradientProgress {
  std::atomic<bool> looks_at_elements = false;  ///< else all is still being made ready
  std::atomic<int64_t> checked = 0, elements = 0;
};

struct GradientCheckOptions {
  static constexpr int64_t all = std::numeric_limits<int64_t>::max();

  int64_t elements_each = 40;  ///< of a tensor with more the first in the order of element_order.h
  /// Of a tensor along which the loss is dear: so few elements that their losses have about this many terms in all, but
  /// not fewer than 8.
  int64_t terms_each = 400'000'000;
  uint64_t seed = 0;
  double tolerance = 1e-6;   ///< of an error, relative to the largest element of that gradient
  double most_kinks = 0.01;  ///< share of the checked elements
  std::vector<Pass> passes = graph_passes();
  /// When it ends, wherever it is. What is found in elements that were looked at does not depend on it.
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
  Effort effort = {};  ///< where it stops, the report has what was looked at before
  GradientProgress* progress = nullptr;
};

/// How one gradient compares with differences of the loss.
struct CheckedGradient {
  std::string name;  ///< of the input
  int64_t elements = 0;
  int64_t checked = 0;
  int64_t kinks = 0;       ///< of the checked: places where the loss has no derivative, which count as neither
  int64_t wrong = 0;       ///< of the checked: beyond the tolerance
  int64_t untold = 0;      ///< of the checked: rounding of the loss may hide a thousandth of the largest element
  double worst_error = 0;  ///< relative, of the checked that are no kinks; above the tolerance if it is wrong
  int64_t worst_element = std::numeric_limits<int64_t>::max();  ///< the first with that error
  double derived = 0, expected = 0;                             ///< at worst_element
};

struct GradientReport {
  std::vector<CheckedGradient> gradients;
  std::vector<std::string> unchecked;  ///< gradients by what is no real-valued input
  double most_kinks = 0;
  std::optional<UndefinedLoss> undefined = std::nullopt;  ///< then nothing was looked at, and nothing is printed
  /// The loss is a number where it was looked at, and was none elsewhere.
  std::optional<UndefinedLoss> undefined_at_first = std::nullopt;
  bool ready = false;    ///< it has come to the first element
  bool stopped = false;  ///< before its time, by Effort::stop

  int64_t elements() const;
  int64_t checked() const;
  int64_t kinks() const;
  int64_t untold() const;
  /// Something was checked, nothing was wrong or left out, kinks are few enough.
  bool passed() const;
};

/// Compares every Gradient node of a graph with central differences of its loss, in float64. The gradients go through
/// all passes; the differences are taken of the graph after those passes that stand before `differentiate`. What states
/// its own derivative (stop_gradient, overridden) is replaced by it in the differences. Elements are looked at round by round, one
/// of each tensor. See docs/check_gradients.md.
GradientReport check_gradients(const Graph& graph, const Inputs& inputs, const GradientCheckOptions& options = {});

/// A line a gradient, one for what is wrong, and what share of all was looked at.
std::string print(const GradientReport& report);

}  // namespace dnnc
