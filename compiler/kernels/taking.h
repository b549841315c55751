#pragma once
#include "compiler/kernels/calls.h"

namespace dnnc {

/// Lets kernels of the entry take the batch from data on a device: the first one, if it is called once in a step, else one of their
/// own, which is added; and the last one record what the step comes to. The entry has its inputs, and no calls.
void let_kernels_take(EntryState& state, CallMaker& maker, const std::set<std::string>& byte_fields);
/// Behind all calls: adds one that records, if the last one could not.
void let_kernels_record(EntryState& state, CallMaker& maker, const std::set<std::string>& byte_fields);

/// What the kernel of a group takes, by its inputs.
Taking taking_of(const Entry& entry, const Graph& graph, const Group& group, const std::vector<NodeId>& inputs);

}  // namespace dnnc
