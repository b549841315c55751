#pragma once
#include <string>
#include <vector>

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/interpret/moved_values.h"

namespace dnnc {

/// An input, and what is known of the loss along it.
struct LossAlong {
  NodeId input;  ///< not valid if the loss does not read it
  NodeId loss;
  std::vector<NodeId> between;  ///< the nodes through which it reaches the loss
  double here = 0;              ///< the loss where nothing is moved
  double rounding = 0;          ///< how far rounding may move any of its losses
};

/// Compares an element of a gradient with differences of the loss and adds what comes out to `result`. `scale` is the largest
/// element of that gradient, `value` that of the input. Sums of results do not depend on their order.
void check_element(MovedValues& moved, const LossAlong& along, int64_t element, double value, double derived,
                   double scale, double tolerance, CheckedGradient& result);

}  // namespace dnnc
