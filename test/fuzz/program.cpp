#include <cstdio>
#include <cstdlib>

#include "compiler/ir/graph.h"
#include "compiler/sema/model.h"
#include "compiler/sema/print_model.h"
#include "compiler/syntax/parse.h"

// Everything before the passes: a text is refused with messages, or every graph of its trainings can be built and holds
// what the verifier checks.
namespace {

using namespace dnnc;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

void build_graphs(const Model& model, const Training& training) {
  for (const GraphKind kind : {GraphKind::Initial, GraphKind::Fit, GraphKind::Train, GraphKind::Evaluate,
                               GraphKind::Finish, GraphKind::Predict}) {
    const Graph graph = build_graph(model, training, kind, training.batch);
    for (const std::string& fault : verify(graph)) fail(fault);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Sources sources;
  Diagnostics diagnostics(sources);
  const SourceId source = sources.add("fuzzed.dnn", std::string(reinterpret_cast<const char*>(data), size));
  std::optional<ast::File> file = parse(source, diagnostics);
  std::optional<Model> model;
  if (file && !diagnostics.has_errors()) model = check({*file}, {}, sources, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    render(diagnostic, sources, MessageFormat::Human, false);
    render(diagnostic, sources, MessageFormat::Json, false);
  }
  if (model.has_value() == diagnostics.has_errors()) fail("it is refused without a message, or taken in spite of one");
  if (!model) return 0;
  print(*model, sources);
  for (const Training& training : model->trainings) build_graphs(*model, training);
  return 0;
}
