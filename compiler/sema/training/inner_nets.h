#pragma once
#include "compiler/sema/training/assemble.h"

namespace dnnc {

/// What a net inside of the trained one answers, by the path of its use. Where an argument is what the data give, so are
/// the fields of it; any other is a field of its own. std::nullopt where it cannot be asked alone, as in a recurrence.
std::optional<InnerNet> assemble_inner_net(const Program& program, const Run& run, const std::string& path,
                                           int64_t batch);

}  // namespace dnnc
