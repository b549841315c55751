#include "compiler/driver/graph_file.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/driver/emit.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// What entry of a program such a graph could be: no other than `train` stores anything.
EntryKind kind_of(const Graph& graph) {
  const bool stores = std::ranges::count(graph.outputs, OutputRole::Update, &Output::role) > 0;
  return stores ? EntryKind::Train : EntryKind::Evaluate;
}

}  // namespace

int run_graph_file(Session& session) {
  const std::string& file = session.options().file;
  const std::vector<char> text = runtime::read_file(file);
  std::string error;
  std::optional<Graph> graph = parse_graph(std::string_view(text.data(), text.size()), error);
  if (!graph) throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: {}", file, error));
  for (const std::string& fault : verify(*graph)) throw runtime::Failure(runtime::exit_wrong, file + ": " + fault);
  for (const std::string& name : session.options().passes)  // all are known: see options.cpp
    graph = session.run(*std::ranges::find(graph_passes(), name, &Pass::name), std::move(*graph));
  if (session.options().emit.empty() || session.emits("graph")) session.print(print(*graph));
  return emit_compiled(session, {{kind_of(*graph), 1, *graph, {}}});
}

}  // namespace dnnc
