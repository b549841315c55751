#include "compiler/driver/pipeline.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "compiler/driver/code_generator.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/emit.h"
#include "compiler/driver/kept_values.h"
#include "compiler/driver/manifest.h"
#include "compiler/driver/memory_contracts.h"
#include "compiler/driver/program_cache.h"
#include "compiler/driver/read_program.h"
#include "compiler/sema/print_model.h"
#include "compiler/support/check.h"
#include "compiler/syntax/parse.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"

// The whole compiler, top to bottom. Every phase is a call: what it makes of what, and why it stands where it stands.
namespace dnnc {
namespace {

/// What `check` counts as large is what the program says; derivatives may be larger.
void report_unsupported(Session& session, const Training& training, const Graph& graph, const std::string& reason) {
  Diagnostic diagnostic =
      error("E0217", training.span, fmt::format("`{}` cannot be compiled: {}", training.name, reason));
  for (const Node& node : graph.nodes)
    if (diagnostic.labels.empty() && element_count(node) > most_elements)
      diagnostic.labels = {{node.span, "made of this formula"}};
  session.diagnostics().report(std::move(diagnostic));
  session.flush();
}

/// Whether kernels can be made of all graphs; if not, it has been printed why.
bool supports(Session& session, const Training& training, const std::vector<EntryGraph>& graphs) {
  for (const EntryGraph& graph : graphs)
    if (const std::optional<std::string> reason = unsupported(graph.graph)) {
      report_unsupported(session, training, graph.graph, *reason);
      return false;
    }
  return true;
}

/// Whether contracts about memory hold of a planned run; if not, it has been printed. Other runs that they name are planned.
bool memory_holds(Session& session, const Model& model, const Training& training, const Plan& planned) {
  if (!asks_for_memory(model, training)) return true;
  std::map<std::string, Plan> others;
  const Session::Quietly others_are_not_asked_for(session);
  return settle_memory(session, model, training, [&](const std::string& run) -> const Plan* {
    if (run == training.name) return &planned;
    if (const auto found = others.find(run); found != others.end()) return &found->second;
    const auto other = std::ranges::find(model.trainings, run, &Training::name);
    if (other == model.trainings.end()) return nullptr;
    const std::vector<EntryGraph> graphs = entry_graphs(session, model, *other);
    if (!std::ranges::all_of(graphs, [](const EntryGraph& graph) { return !unsupported(graph.graph); })) return nullptr;
    return &others.emplace(run, plan(graphs, chosen_target(session))).first->second;
  });
}

/// Through all passes on comprehensions, each verified, dumped and timed as the options say: gradients, stable forms, nothing
/// twice, nothing unused.
Graph optimize(Session& session, Graph graph) {
  if (session.emits(Emitted::Graph)) session.print(print(graph, &session.sources()));
  for (const Pass& pass : graph_passes()) graph = session.run(pass, std::move(graph));
  if (session.emits(Emitted::Gradient)) session.print(print(graph, &session.sources()));
  return graph;
}

void optimize(Session& session, std::vector<EntryGraph>& graphs) {
  for (EntryGraph& graph : graphs) graph.graph = optimize(session, std::move(graph.graph));
}

std::set<std::string> byte_fields(const Training& training) {
  std::set<std::string> fields;
  for (const RawField& field : training.data.raw)
    if (field.bytes) fields.insert(field.name);
  return fields;
}

/// The same for each target that code is made for.
bool memory_holds(Session& session, const Model& model, const Training& training,
                  const std::vector<EntryGraph>& graphs) {
  if (!asks_for_memory(model, training)) return true;
  return std::ranges::all_of(session.options().made_for(), [&](TargetName target) {
    return memory_holds(session, model, training, plan(graphs, target_of(target)));
  });
}

std::string key_of(const std::vector<EntryGraph>& graphs, runtime::EntryKind kind) {
  for (const EntryGraph& graph : graphs)
    if (graph.kind == kind) return graph_key(without_values(graph.graph));
  return "";
}

/// The nets inside of the trained one that are to answer: of a trainer all, else those that may be asked.
std::vector<InnerNet> asked_nets(const Session& session, const Model& model, const Training& training) {
  const Options& options = session.options();
  std::vector<InnerNet> nets;
  const Command* command = find_command(options.command);
  if (options.running.net.empty() && !(command && command->does(links))) return nets;
  for (const std::string& path : training.nets)
    if (std::optional<InnerNet> net = build_inner_net(model, training, path)) nets.push_back(std::move(*net));
  return nets;
}

/// The graphs of a run as sema makes them, but for those of entries that compute nothing.
std::vector<EntryGraph> built_graphs(Session& session, const Model& model, const Training& training) {
  std::vector<EntryGraph> graphs;
  for (const auto& [kind, word] : runtime::words<GraphKind>) {
    Graph graph = session.phase(Phase::BuildGraph, [&] { return build_graph(model, training, kind, training.batch); });
    if (kind == GraphKind::Predict) keep_values(session.options().running.values, training, graph);
    if (!graph.outputs.empty()) graphs.push_back({kind, training.batch, std::move(graph), byte_fields(training)});
  }
  for (InnerNet& net : asked_nets(session, model, training))
    graphs.push_back({GraphKind::Net, training.batch, std::move(net.graph), byte_fields(training)});
  return graphs;
}

/// Objects of all kernels; says how many are done, and of devices for which.
std::vector<std::vector<char>> compile_kernels(Session& session, const Plan& plan, TargetName name,
                                               const Backend& backend) {
  const auto done = std::make_shared<std::atomic<size_t>>(0);
  const bool told = is_device(name) || session.options().made_for().size() > 1;
  session.show([done, all = plan.kernels.size(), target = told ? std::string(" for ") + runtime::word_of(name) : ""] {
    return fmt::format("{} of {} kernels{}", done->load(), all, target);
  });
  return code_generator().compile_kernels(plan, backend, kernel_cache(session.options()),
                                          threads_to_compile(jobs_of(session.options())),
                                          [&](size_t kernels) { *done += kernels; });
}

}  // namespace

std::string folder_of_program(const Session& session) {
  const std::string folder = std::filesystem::path(session.options().file).parent_path().string();
  return folder.empty() ? "." : folder;
}

int jobs_of(const Options& options) {
  const int processors = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return options.jobs > 0 ? options.jobs : processors;
}

std::vector<ast::File> read_files(Session& session) {
  // Text to tree: the only phase that sees ANTLR.
  const Options& options = session.options();
  std::vector<ast::File> files = session.phase(Phase::Parse, [&] {
    return options.texts.empty() ? read_program(options.file, session.sources(), session.diagnostics())
                                 : parse_program(options.texts, session.sources(), session.diagnostics());
  });
  if (!files.empty() && session.emits(Emitted::Tokens))
    session.print(print_tokens(files.front().source, session.sources()));
  if (!files.empty() && session.emits(Emitted::Ast)) session.print(print(files.front()));
  // A declaration that did not parse is missing from its tree: what reads it would be reported without a reason.
  if (session.diagnostics().has_errors()) {
    check_assigned_arguments(files, session.sources(), session.diagnostics());
    files.clear();
  }
  session.flush();
  return files;
}

std::optional<Model> check_files(Session& session, const std::vector<ast::File>& files) {
  if (files.empty()) return std::nullopt;
  // Tree to model: names, types, sizes, indices, bounds, heads, contracts. Beyond this point nothing is the user's fault.
  std::optional<Model> model = session.phase(Phase::Check, [&] {
    return check(files, CheckOptions{session.options().constants}, session.sources(), session.diagnostics());
  });
  if (session.flush()) return std::nullopt;
  if (model && session.emits(Emitted::Model)) session.print(print(*model, session.sources()));
  return model;
}

std::optional<Model> read_model(Session& session) { return check_files(session, read_files(session)); }

namespace {

void tell_of_runs(const Session& session, const std::vector<std::string>& names) {
  if (!session.options().run.empty() || session.options().running.quiet || names.size() < 2) return;
  session.tell(fmt::format("note: {} has the runs `{}`; this is `{}`, `--run NAME` takes another\n",
                           runtime::shown(session.options().file), fmt::join(names, "`, `"), names.front()));
}

}  // namespace

void tell_of_other_runs(const Session& session, const std::vector<ast::File>& files) {
  std::vector<std::string> names;
  for (const ast::Declaration& declaration : files.front().declarations)
    if (const auto* train = std::get_if<ast::Train>(&declaration.kind)) names.push_back(train->name());
  tell_of_runs(session, names);
}

void tell_of_other_runs(const Session& session, const Model& model) {
  std::vector<std::string> names;
  for (const Training& training : model.trainings) names.push_back(training.name);
  tell_of_runs(session, names);
}

const Training& chosen_run(const Session& session, const Model& model) {
  const std::string& name = session.options().run;
  std::string known;
  for (const Training& training : model.trainings) {
    if (name.empty() || training.name == name) return training;
    known += (known.empty() ? "`" : ", `") + training.name + "`";
  }
  if (model.trainings.empty())
    throw runtime::Failure(runtime::exit_wrong, fmt::format("{} has no `train` block", model.file));
  throw runtime::Failure(runtime::exit_usage, fmt::format("{} has no run `{}`; it has {}", model.file, name, known));
}

std::vector<EntryGraph> entry_graphs(Session& session, const Model& model, const Training& training) {
  std::vector<EntryGraph> graphs = built_graphs(session, model, training);
  optimize(session, graphs);
  return graphs;
}

bool can_be_compiled(Session& session, const Model& model, const Training& training) {
  if (session.options().shows_graphs())
    return show_and_judge(session, model, training, entry_graphs(session, model, training));
  std::vector<EntryGraph> graphs = built_graphs(session, model, training);
  const bool planned = asks_for_memory(model, training);
  // Passes take most of the time: they are run if something depends on what they make.
  const auto clear = [](const EntryGraph& graph) { return surely_supported(graph.graph); };
  if (!planned && session.options().skip_passes.empty() && std::ranges::all_of(graphs, clear)) return true;
  optimize(session, graphs);
  if (!supports(session, training, graphs)) return false;
  return !planned || memory_holds(session, model, training, graphs);
}

bool show_and_judge(Session& session, const Model& model, const Training& training,
                    const std::vector<EntryGraph>& graphs) {
  emit_groups(session, graphs);
  if (!supports(session, training, graphs)) return false;
  if (session.options().emits_from(Phase::Plan)) emit_plans(session, graphs);
  return memory_holds(session, model, training, graphs);
}

bool memory_contracts_hold(Session& session, const Model& model, const Training& training) {
  if (!asks_for_memory(model, training)) return true;
  const Session::Quietly only_looked_at(session);
  const std::vector<EntryGraph> graphs = entry_graphs(session, model, training);
  const bool planned =
      std::ranges::none_of(graphs, [](const EntryGraph& graph) { return unsupported(graph.graph).has_value(); });
  return !planned || memory_holds(session, model, training, graphs);
}

namespace {

std::optional<Compiled> compile_for(TargetName name, Session& session, const Model& model, const Training& training,
                                    const std::vector<EntryGraph>& graphs, const std::string& data_folder) {
  const Target target = target_of(name);
  const std::unique_ptr<Backend> backend = code_generator().backend_of(target);
  Compiled compiled;
  // Groups become kernels; layouts and memory are decided once for all entries together.
  compiled.plan = session.phase(Phase::Plan, [&] { return plan_for(session, graphs, name, *backend); });
  if (session.options().verify) {
    const std::vector<std::string> faults = verify(compiled.plan);
    dnnc::check(faults.empty(), faults.empty() ? "" : "plan: " + faults.front());
  }
  emit_plan(session, compiled.plan, *backend);
  if (!memory_holds(session, model, training, compiled.plan)) return std::nullopt;
  // Kernels to objects, in parallel, each shape once, from the cache where it has them. Only objects cross to LLVM.
  compiled.objects =
      session.phase(Phase::Kernels, [&] { return compile_kernels(session, compiled.plan, name, *backend); });
  std::vector<std::string> constants;
  for (const auto& [constant, value] : session.options().constants) constants.push_back(constant + "=" + value);
  compiled.manifest =
      make_manifest(model, training, compiled.plan, session.sources(),
                    {runtime::word_of(name), target, data_folder, code_generator().useful_flops,
                     session.options().check_memory, std::move(constants), key_of(graphs, runtime::EntryKind::Train)});
  size_t entry = 0;
  for (InnerNet& net : asked_nets(session, model, training)) {
    while (compiled.plan.entries[entry].kind != GraphKind::Net) ++entry;
    net.info.entry = entry++;
    compiled.manifest.nets.push_back(std::move(net.info));
  }
  return compiled;
}

}  // namespace

std::optional<std::vector<Compiled>> compile_run(Session& session, const Model& model, const Training& training,
                                                 const std::string& data_folder,
                                                 const std::vector<TargetName>& targets) {
  const Session::Busy busy(session, compiling);
  const std::vector<EntryGraph> graphs = entry_graphs(session, model, training);
  if (!supports(session, training, graphs)) return std::nullopt;
  emit_groups(session, graphs);
  std::vector<Compiled> all;
  for (const TargetName target : targets) {
    std::optional<Compiled> compiled = compile_for(target, session, model, training, graphs, data_folder);
    if (!compiled) return std::nullopt;
    all.push_back(std::move(*compiled));
  }
  return all;
}

}  // namespace dnnc
