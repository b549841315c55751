#pragma once
#include "compiler/driver/session.h"

namespace dnnc {

/// Reads the graph, verifies it, runs the passes of --pass in their order, and prints what --emit asks for, or the
/// graph. Gives the exit code.
int run_graph_file(Session& session);

}  // namespace dnnc
