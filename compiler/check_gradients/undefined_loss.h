#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/interpret/interpret.h"

namespace dnnc {

/// Why a loss is no number: the first value that is none, and what it reads of the inputs.
struct UndefinedLoss {
  std::string name;  ///< of the node
  Span span;
  double value = 0;
  std::vector<std::pair<std::string, Values>> inputs;  ///< those of the example, where it is about one
};

/// Of the loss whose value is not finite, from the values of all nodes: one that is not while all that it reads is.
UndefinedLoss undefined_loss(const Graph& graph, const IdVector<NodeTag, Values>& values, NodeId loss);

/// "the loss is no number where it was looked at: `net/r` (f.dnn:4:7) is nan, with x = -0.5\n"
std::string print(const UndefinedLoss& undefined, const Sources& sources);

}  // namespace dnnc
