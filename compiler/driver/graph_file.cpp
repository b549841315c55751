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
  std::optional<std::vector<Graph>> graphs = parse_graphs(std::string_view(text.data(), text.size()), error);
  if (!graphs) throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: {}", file, error));
  for (const Graph& graph : *graphs)
    for (const std::string& fault : verify(graph))
      throw runtime::Failure(runtime::exit_wrong,
                             fmt::format("{}: {}{}", file, graphs->size() > 1 ? graph.name + ": " : "", fault));
  int code = runtime::exit_done;
  for (Graph& graph : *graphs) {
    if (session.emits(Emitted::Graph)) session.print(print(graph));
    for (const std::string& name : session.options().passes)  // all are known: see options.cpp
      graph = session.run(*std::ranges::find(graph_passes(), name, &Pass::name), std::move(graph));
    if (session.options().emit.empty() || session.emits(Emitted::Gradient)) session.print(print(graph));
    code = emit_compiled(session, {{kind_of(graph), 1, graph, {}}});
  }
  return code;
}

}  // namespace dnnc
