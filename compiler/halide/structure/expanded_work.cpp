#include "compiler/halide/structure/expanded_work.h"

#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/cost.h"

namespace dnnc {
namespace {

/// Beyond it nothing is told apart; sums of so many do not overflow.
constexpr int64_t most = int64_t{1} << 40;

uint64_t hash_of_place(const Load& load) { return hash_of(dnnc::load(load.source, load.at, load.outside)); }

}  // namespace

int64_t places_read(const Graph& body, NodeId reader, NodeId source) {
  std::set<uint64_t> places;
  for (const Load* load : loads_of(*formula_of(body, reader)))
    if (load->source == source) places.insert(hash_of_place(*load));
  return static_cast<int64_t>(places.size());
}

int64_t ExpandedWork::of(NodeId node) {
  if (const auto known = known_.find(node); known != known_.end()) return known->second;
  int64_t work = 0;
  std::set<NodeId> here = {node};
  std::set<uint64_t> elsewhere;
  std::vector<NodeId> open = {node};
  while (!open.empty()) {
    const NodeId reader = open.back();
    open.pop_back();
    work += work_of_value(body_, reader);
    for (const Load* load : loads_of(*formula_of(body_, reader))) {
      if (!inlined_.contains(load->source)) continue;
      const bool own = at_own_place(*load) && equal_extents(body_[load->source], body_[reader]);
      if (own && here.insert(load->source).second) open.push_back(load->source);
      if (!own && elsewhere.insert(hash_of_place(*load)).second) work = std::min(most, work + of(load->source));
    }
  }
  return known_[node] = work;
}

}  // namespace dnnc
