#include "compiler/sema/training/train_blocks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compiler/sema/names/unknown_word.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/run_numbers.h"

namespace dnnc {
namespace {

using Settings = std::vector<const ast::Setting*>;
using Blocks = std::map<std::string, const ast::Train*>;

constexpr const char* batch_key = "batch";
constexpr const char* epochs_key = runtime::word_of(runtime::SettingName::Epochs);
constexpr const char* optimizer_key = word_of(ast::DefinitionKind::Optimizer);
constexpr const char* start_key = "start";

/// What may be set in a train block, and how it is read.
struct Key {
  const char* name;
  bool required;
  bool takes_paths;  ///< `KEY for "path", …`
  void (*read)(const ast::Setting&, const CallReader&, TrainBlock&);
};
/// In the order in which they are told.
const std::vector<Key>& keys();

template <class Value>
std::vector<std::string> words_of() {
  std::vector<std::string> all;
  for (const auto& [value, word] : runtime::words<Value>) all.push_back(word);
  return all;
}

/// How a rule of the training loop is called.
CallForm form_of(const runtime::LoopRuleRow& row) {
  CallForm form{runtime::word_of(row.kind), {}};
  for (const runtime::LoopArgument& argument : row.arguments)
    form.arguments.push_back({argument.name, argument.kind, argument.required});
  form.arguments.push_back({runtime::loop_arguments::on, ArgumentKind::Quantity});
  form.arguments.push_back({runtime::loop_arguments::goal, ArgumentKind::Word, false, std::nullopt, words_of<Goal>()});
  return form;
}

Span run_span(const ast::Train& block) { return block.as ? block.as->span : block.net.span; }

/// What is given once in a block: the key and its paths.
using FullKey = std::vector<std::string>;

FullKey full_key(const ast::Setting& setting) {
  FullKey key = {setting.key.text};
  for (const ast::Word& path : setting.paths) key.push_back(path.text);
  return key;
}

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const Key& key : keys()) names.push_back(key.name);
  return names;
}

bool known_key(const ast::Setting& setting, Diagnostics& diagnostics) {
  const std::vector<std::string> names = key_names();
  const std::string& word = setting.key.text;
  if (std::find(names.begin(), names.end(), word) == names.end()) {
    diagnostics.report(unknown_word("E0601", setting.key.span, "training has no setting `" + word + "`", word, names,
                                    "the settings are"));
    return false;
  }
  if (setting.paths.empty() || std::ranges::find(keys(), word, &Key::name)->takes_paths) return true;
  std::string takers;
  for (const Key& key : keys())
    if (key.takes_paths) takers += (takers.empty() ? "`" : " and `") + std::string(key.name) + "`";
  diagnostics.report(
      error("E0608", setting.paths.front().span, "only " + takers + " take `for`, `" + word + "` does not"));
  return false;
}

/// The settings written in the block itself, faulty ones left out.
Settings own_settings(const ast::Train& block, Diagnostics& diagnostics) {
  Settings settings;
  std::map<FullKey, Span> given;
  for (const ast::Setting& setting : block.settings) {
    if (!known_key(setting, diagnostics)) continue;
    auto [first, fresh] = given.try_emplace(full_key(setting), setting.key.span);
    if (fresh) {
      settings.push_back(&setting);
      continue;
    }
    Diagnostic twice = error("E0603", setting.key.span, "`" + setting.key.text + "` is given twice");
    twice.labels = {{first->second, "first given here"}};
    diagnostics.report(std::move(twice));
  }
  return settings;
}

/// Leaves out what the block says itself. An optimizer or a start without paths replaces all that the other block says of it:
/// it is meant for everything.
void erase_overridden(Settings& inherited, const Settings& own) {
  std::set<FullKey> keys;
  for (const ast::Setting* setting : own) keys.insert(full_key(*setting));
  std::erase_if(inherited, [&](const ast::Setting* setting) {
    return keys.contains({setting->key.text}) || keys.contains(full_key(*setting));
  });
}

/// The settings of blocks, each of which may be like another, and that like another again.
class AllSettings {
 public:
  AllSettings(const Blocks& blocks, Diagnostics& diagnostics) : blocks_(blocks), diagnostics_(diagnostics) {}

  /// What the block says, after what the blocks say that it is like, so that of optimizers by path the block's own count.
  /// std::nullopt if one of those is missing or like itself.
  const std::optional<Settings>& of(const ast::Train& block) {
    std::vector<const ast::Train*> chain;
    std::optional<Settings> settings = follow(&block, chain);
    for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
      const Settings own = own_settings(**link, diagnostics_);
      if (settings) {
        erase_overridden(*settings, own);
        settings->insert(settings->end(), own.begin(), own.end());
      }
      known_[*link] = settings;
    }
    return known_.at(&block);
  }

 private:
  /// Makes `chain` of the block and those that it is like; gives the settings of the block that the last is like.
  std::optional<Settings> follow(const ast::Train* block, std::vector<const ast::Train*>& chain) {
    std::set<const ast::Train*> passed;
    while (!known_.contains(block)) {
      chain.push_back(block);
      passed.insert(block);
      if (!block->like) return Settings{};
      const ast::Word& name = *block->like;
      const auto found = blocks_.find(name.text);
      if (found == blocks_.end()) {
        report_unknown(name);
        return std::nullopt;
      }
      block = found->second;
      if (passed.contains(block)) {
        diagnostics_.report(error("E0606", name.span, "training `" + name.text + "` is like itself"));
        return std::nullopt;
      }
    }
    return known_[block];
  }
  void report_unknown(const ast::Word& name) const {
    std::vector<std::string> names;
    for (const auto& [other, block] : blocks_) names.push_back(other);
    diagnostics_.report(
        unknown_word("E0604", name.span, "there is no training `" + name.text + "`", name.text, names, "there are"));
  }

  const Blocks& blocks_;
  Diagnostics& diagnostics_;
  std::map<const ast::Train*, std::optional<Settings>> known_;
};

constexpr double most_examples = 1 << 20;  ///< of a batch: arrays have it as an axis

std::optional<DataValue> read_value(const ast::Setting& setting, ArgumentKind kind, const CallReader& reader) {
  CallArgument argument{setting.key.text, kind, true};
  if (argument.name == batch_key) argument.most = most_examples;
  if (argument.name == epochs_key) argument.most = runtime::most_epochs;
  return read_argument(setting.value, argument, reader);
}

void read_loop_rule(const ast::Setting& setting, const CallReader& reader, TrainBlock& block) {
  const auto* row = std::ranges::find(runtime::loop_rules, setting.key.text, &runtime::LoopRuleRow::setting);
  const std::vector<CallForm> forms = {form_of(*row)};
  const std::optional<WrittenCall> call = written_call(setting.value);
  if (!call)
    return reader.report(
        error("E0607", setting.value->span, "`" + setting.key.text + "` takes `" + forms.front().name + "(...)`"));
  const CallForm* form = find_form("condition for `" + setting.key.text + "`", call->word, forms, reader.diagnostics);
  if (std::optional<DataValue> value = form ? read_call(*call, *form, reader) : std::nullopt)
    block.loop_rules.push_back({row, std::move(*value)});
}

std::vector<WrittenMetric> written_metrics(const ast::Ptr& value) {
  const auto* list = std::get_if<ast::List>(&without_brackets(value)->kind);
  if (!list) return {{value}};
  std::vector<WrittenMetric> metrics;
  for (size_t place = 0; place < list->items.size(); ++place)
    metrics.push_back({list->items[place], list->names.empty() ? ast::Word{} : list->names[place]});
  return metrics;
}

/// A file, or weights(file, paths).
void read_start(const ast::Setting& setting, const CallReader& reader, TrainBlock& block) {
  static const std::vector<CallForm> forms = {
      {"weights", {{"file", ArgumentKind::File, true}, {"paths", ArgumentKind::File}}}};
  WrittenStart start{setting.paths, {}, {}, setting.key.span};
  if (const std::optional<WrittenCall> call = written_call(setting.value)) {
    const CallForm* form = find_form("source of weights", call->word, forms, reader.diagnostics);
    const std::optional<DataValue> value = form ? read_call(*call, *form, reader) : std::nullopt;
    if (!value) return;
    start.file = *value->argument("file");
    if (const DataValue* theirs = value->argument("paths")) start.theirs = *theirs;
  } else if (const std::optional<DataValue> file = read_value(setting, ArgumentKind::File, reader)) {
    start.file = *file;
  } else {
    return;
  }
  block.starts.push_back(std::move(start));
}

std::vector<Key> make_keys() {
  using S = const ast::Setting&;
  using R = const CallReader&;
  std::vector<Key> table = {
      {runtime::loss_name, true, false, [](S setting, R, TrainBlock& block) { block.loss = setting.value; }},
      {optimizer_key, true, true,
       [](S setting, R, TrainBlock& block) { block.optimizers.push_back({setting.paths, setting.value}); }},
      {epochs_key, true, false,
       [](S setting, R reader, TrainBlock& block) {
         if (auto value = read_value(setting, ArgumentKind::Whole, reader))
           block.settings.epochs = std::llround(value->number);
       }},
      {keyword::metrics, false, false,
       [](S setting, R, TrainBlock& block) { block.metrics = written_metrics(setting.value); }},
      {batch_key, false, false,
       [](S setting, R reader, TrainBlock& block) {
         if (auto value = read_value(setting, ArgumentKind::Whole, reader))
           block.settings.batch = std::llround(value->number);
       }},
      {runtime::word_of(runtime::SettingName::Seed), false, false,
       [](S setting, R reader, TrainBlock& block) {
         if (auto value = read_value(setting, ArgumentKind::Seed, reader)) block.settings.seed = *value->whole;
       }},
      {clip_key, false, false, [](S setting, R, TrainBlock& block) { block.clip = setting.value; }},
      {average_key, false, false, [](S setting, R, TrainBlock& block) { block.average = setting.value; }},
  };
  for (const runtime::LoopRuleRow& row : runtime::loop_rules)
    table.push_back({row.setting, false, false, read_loop_rule});
  table.push_back({start_key, false, true, read_start});
  table.push_back({weight_key, false, false, [](S setting, R, TrainBlock& block) { block.weight = setting.value; }});
  return table;
}

const std::vector<Key>& keys() {
  static const std::vector<Key> table = make_keys();
  return table;
}

/// Whether a setting of the block that has been reported means this key: it is misspelt, or given paths that it cannot have.
bool is_meant(const ast::Train& block, const std::string& key) {
  return std::ranges::any_of(block.settings, [&](const ast::Setting& setting) {
    const std::vector<std::string> names = key_names();
    return setting.key.text == key ||
           (std::ranges::count(names, setting.key.text) == 0 && meant_word(setting.key.text, names) == key);
  });
}

/// Reports what is required and missing.
bool complete(const ast::Train& block, const Settings& settings, Diagnostics& diagnostics) {
  std::string missing;
  bool whole = true;
  for (const Key& key : keys()) {
    // Whether optimizers with paths serve all parameters is known when there are parameters.
    bool given = std::any_of(settings.begin(), settings.end(),
                             [&](const ast::Setting* setting) { return setting->key.text == key.name; });
    if (given || !key.required) continue;
    whole = false;
    if (!is_meant(block, key.name)) missing += (missing.empty() ? "`" : ", `") + std::string(key.name) + "`";
  }
  if (missing.empty()) return whole;
  diagnostics.report(error("E0602", run_span(block), "training `" + block.name() + "` lacks " + missing));
  return false;
}

/// The first block of each name.
Blocks by_name(const std::vector<const ast::Train*>& blocks, Diagnostics& diagnostics) {
  Blocks names;
  for (const ast::Train* block : blocks) {
    auto [first, added] = names.emplace(block->name(), block);
    if (added) continue;
    Diagnostic twice =
        error("E0605", run_span(*block), "two trainings are called `" + block->name() + "`",
              "give this one a name: train " + block->net.text + " on " + block->data.text + " as another_name");
    twice.labels = {{run_span(*first->second), "the first"}};
    diagnostics.report(std::move(twice));
  }
  return names;
}

}  // namespace

std::vector<TrainBlock> read_trainings(const std::vector<const ast::Train*>& blocks, const CallReader& reader) {
  Blocks names = by_name(blocks, reader.diagnostics);
  AllSettings all(names, reader.diagnostics);
  std::vector<TrainBlock> result;
  for (const ast::Train* block : blocks) {
    TrainBlock read;
    read.settings.name = block->name();
    read.settings.net = block->net.text;
    read.net = block->net;
    read.data = block->data;
    read.span = run_span(*block);
    const std::optional<Settings>& settings = all.of(*block);
    if (!settings) continue;
    for (const ast::Setting* setting : *settings)
      std::ranges::find(keys(), setting->key.text, &Key::name)->read(*setting, reader, read);
    if (complete(*block, *settings, reader.diagnostics)) result.push_back(std::move(read));
  }
  return result;
}

}  // namespace dnnc
