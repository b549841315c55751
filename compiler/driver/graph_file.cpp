#include "compiler/driver/graph_file.h"

#include <fmt/core.h>

#include "compiler/driver/emit.h"
#include "runtime/failure.h"
#include "runtime/files.h"

namespace dnnc {
namespace {

const Pass* find_pass(const std::string& name) {
  for (const Pass& pass : all_passes())
    if (name == pass.name) return &pass;
  return nullptr;
}

std::string pass_names() {
  std::string names;
  for (const Pass& pass : all_passes()) names += (names.empty() ? "" : ", ") + std::string(pass.name);
  return names;
}

}  // namespace

bool is_graph_file(const Session& session) {
  const std::string& file = session.options().file;
  return file.size() > 4 && file.compare(file.size() - 4, 4, ".dng") == 0;
}

int run_graph_file(Session& session) {
  const std::string& file = session.options().file;
  const std::vector<char> text = runtime::read_file(file);
  std::string error;
  std::optional<Graph> graph = parse_graph(std::string_view(text.data(), text.size()), error);
  if (!graph) throw runtime::Failure(runtime::kWrong, fmt::format("{}: {}", file, error));
  for (const std::string& fault : verify(*graph)) throw runtime::Failure(runtime::kWrong, file + ": " + fault);
  for (const std::string& name : session.options().passes) {
    const Pass* pass = find_pass(name);
    if (!pass) throw runtime::Failure(runtime::kUsage, fmt::format("no pass `{}`; there are {}", name, pass_names()));
    graph = session.run(*pass, std::move(*graph));
  }
  if (session.options().emit.empty() || session.emits("graph")) session.print(print(*graph));
  return emit_compiled(session, {{"graph", 1, std::move(*graph), {}}});
}

}  // namespace dnnc
