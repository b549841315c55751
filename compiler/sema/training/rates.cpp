#include "compiler/sema/training/rates.h"

#include <set>

#include "compiler/sema/training/elaborator.h"
#include "compiler/sema/training/serving_rules.h"
#include "compiler/sema/training/training_calls.h"
#include "compiler/sema/training/training_formulas.h"
#include "compiler/sema/training/training_nodes.h"

namespace dnnc {
namespace {

/// "adamw", or of one that serves some parameters alone `adamw for "*/b"`.
std::string name_of_rule(const ServingRule& rule) {
  std::string name = rule.call.word.text;
  for (size_t k = 0; k < rule.rule->paths.size(); ++k)
    name += (k == 0 ? " for \"" : ", \"") + rule.rule->paths[k].text + "\"";
  return name;
}

}  // namespace

std::optional<Graph> build_rates(const Model& model, const Training& training) {
  const Program& program = *model.elaborator->program;
  Diagnostics unseen(*program.sources);
  Graph graph;
  graph.name = training.name + ".rates";
  Elaboration elaboration = begin_elaboration(program, graph, unseen, true, std::nullopt);
  std::set<std::string> settings = {rate_scale_name};
  for (const SettingName name : runtime::loop_settings) settings.insert(runtime::word_of(name));
  Environment environment;
  add_loop_settings(elaboration, settings, environment);
  environment[rate_scale_name] = tensor_of(elaboration, setting(elaboration, SettingName::RateScale));
  for (const ServingRule& rule : serving_rules(program, model.elaborator->runs.at(training.name), unseen)) {
    const ast::Ptr rate = rate_of(rule);
    if (!rate || !rule.reads_gradient) continue;
    const Value value = evaluate_formula(elaboration, environment, rate, "rate");
    const std::optional<Tensor> tensor = is_poison(value) ? std::nullopt : to_tensor(elaboration, value, rate->span);
    if (!tensor) return std::nullopt;
    const NodeId node = node_of(elaboration, *tensor, "rate", rate->span);
    if (graph[node].axes.empty()) graph.outputs.push_back({OutputRole::Value, name_of_rule(rule), node, {}});
  }
  return graph;
}

}  // namespace dnnc
