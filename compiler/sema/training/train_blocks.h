#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/sema/names/call_forms.h"
#include "runtime/program/loop_rules.h"

namespace dnnc {

// Settings whose functions are looked up by those who use them.
inline constexpr const char* average_key = runtime::word_of(InputRole::Average);
inline constexpr const char* weight_key = runtime::word_of(OutputRole::Weight);
inline constexpr const char* clip_key = "clip";

/// `optimizer for "*/b" = sgd(rate: 0.1)`. Without paths it serves the parameters that no other rule serves.
struct OptimizerRule {
  std::vector<ast::Word> paths;
  ast::Ptr value;
};

/// `784 * mse(picture, image) as per_picture`
struct WrittenMetric {
  ast::Ptr value;
  ast::Word name = {};  ///< an empty text if none is given
};

/// `early(patience: 3, on: validation.loss)` as it is written; the quantity is checked when the metrics are known.
struct WrittenLoopRule {
  const runtime::LoopRuleRow* row;
  DataValue call;
};

/// `start for "body/*" = weights("a.safetensors", "mlp/*")`. Without paths it loads whatever fits.
struct WrittenStart {
  std::vector<ast::Word> paths;
  DataValue file;
  std::optional<DataValue> theirs;  ///< the pattern of the names in the file
  Span key;
};

/// A train block with the settings that `like` gave it, as far as it is known without its net.
struct TrainBlock {
  RunInfo settings;  ///< but for what is checked when the metrics are known: the rules below
  ast::Word net, data;
  ast::Ptr loss;
  std::vector<WrittenMetric> metrics;
  std::vector<WrittenStart> starts;
  std::vector<OptimizerRule> optimizers;  ///< in the order of the text: of several that match, the last counts
  ast::Ptr clip, average, weight;         ///< null if not given
  std::vector<WrittenLoopRule> loop_rules;
  Span span;  ///< of the name of the run
};

/// Reads all train blocks of a file: keys, `like`, and the settings that are numbers. Reports every fault; blocks that
/// lack what is required are left out.
std::vector<TrainBlock> read_trainings(const std::vector<const ast::Train*>& blocks, const CallReader& reader);

}  // namespace dnnc
