#pragma once
#include <functional>
#include <map>
#include <set>

#include "compiler/kernels/bound.h"

namespace dnnc {

/// Before the updates the runtime looks whether gradients are finite. Where a gradient is large and what it is made of is
/// small, it looks at that instead: see docs/guards.md.

/// What kernels prove of each buffer that an entry computes before its updates, by the buffers that they read.
std::map<BufferId, Bound> proven_bounds(const Plan& plan, const Entry& entry);

/// Gives guards of the entry their bounds where a look at the buffers in these costs much less than one at the gradients.
/// These buffers stay whole until the updates: `place` gives all buffers of the entry their offsets anew and returns where
/// they end. Bounds that make this end larger by more than 5 % are left out.
int64_t choose_bounds(const Plan& plan, Entry& entry, const std::function<int64_t()>& place);

/// The first call that updates: guards look before it.
size_t first_update(const Entry& entry);
/// The buffers in the bounds of an entry's guards: the runtime looks at them.
std::set<BufferId> buffers_in_bounds(const Entry& entry);
/// These and the gradients: all that must be whole when the first update begins.
std::set<BufferId> guarded_buffers(const Entry& entry);

}  // namespace dnnc
