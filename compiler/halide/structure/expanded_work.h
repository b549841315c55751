#pragma once
#include <map>
#include <set>

#include "compiler/ir/graph.h"

namespace dnnc {

/// At how many places a formula reads a node: once is code for one element, however often the value is used.
int64_t places_read(const Graph& body, NodeId reader, NodeId source);

/// Operations of one element of a formula together with those of the formulas that are computed where they are read. What is
/// read at the element's own place is computed once for it; what is read at other places, once for each of them.
class ExpandedWork {
 public:
  /// `inlined`: what is computed where it is read; those that a formula reads must be known when it is asked for.
  ExpandedWork(const Graph& body, const std::set<NodeId>& inlined) : body_(body), inlined_(inlined) {}

  int64_t of(NodeId node);

 private:
  const Graph& body_;
  const std::set<NodeId>& inlined_;
  std::map<NodeId, int64_t> known_;
};

}  // namespace dnnc
