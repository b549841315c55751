#pragma once
#include <set>
#include <string>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// A kernel and the nodes of the graph that its buffers are: inputs i0, i1, ..., outputs o0, o1, ...
struct GroupKernel {
  Kernel kernel;
  std::vector<NodeId> inputs;
  std::vector<NodeId> outputs;
};

/// Inputs and results of other groups that the nodes of a group read, each once, in the order in which they do.
std::vector<NodeId> read_from_outside(const Graph& graph, const Group& group);

/// Cuts a group out of its graph: a body of its own, with names and numbers that depend on its structure only.
/// `in_place` and `symbol` are set by `finish_kernel`.
GroupKernel cut_out(const Graph& graph, const Group& group, const std::set<std::string>& byte_fields);
/// States what is overwritten and names the kernel by the hash of its text.
void finish_kernel(Kernel& kernel, std::vector<int> in_place);

/// What the symbol is made of: class, storage, what is overwritten, and the body.
std::string canonical_text(const Kernel& kernel);

/// What an input of the program or a node is kept as.
Storage storage_of(const Graph& graph, NodeId node, const std::set<std::string>& byte_fields);
using runtime::bytes_of;

}  // namespace dnnc
