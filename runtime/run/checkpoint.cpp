#include "runtime/run/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "runtime/files/checksum.h"
#include "runtime/files/files.h"
#include "runtime/files/safetensors.h"
#include "runtime/program/json.h"
#include "runtime/program/shown.h"
#include "runtime/run/weights_file.h"
#include "runtime/run/weights_fit.h"

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

/// What the metadata say beside those of weights.
namespace checkpoint_keys {
constexpr const char *run = "run_name", *step = "step_key", *data = "data_key", *program = "program";
constexpr const char* epochs = "program_epochs";  // of the program, whatever --epochs said
constexpr const char* state = "state";            // what is no tensor, as JSON
constexpr const char* machine = "machine";        // what decides bits beside the program
}  // namespace checkpoint_keys

constexpr const char* old_ending = ".old";

template <class Number>
std::string_view bytes_of_list(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

/// A text that is this number and no other. (std::to_chars would do so with a hundred kilobytes of tables.)
std::string exact_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", number);
  return text;
}

std::string data_key(const DataDescription& description, const DataSet& data) {
  std::string key = std::to_string(data.examples);
  for (const FieldData& field : data.fields) {
    key += " " + field.name;
    for (size_t i = 0; i < field.segments.size(); ++i) {
      const int64_t end = i + 1 < field.segments.size() ? field.segments[i + 1].first : data.examples;
      const int64_t rows = end - field.segments[i].first;
      const auto bytes = static_cast<size_t>((rows - 1) * field.row_distance() + field.row_bytes());
      key += " " + checksum_of({field.segments[i].rows, bytes});
    }
  }
  for (const std::vector<uint32_t>* part : {&data.train, &data.validation})
    key += " " + checksum_of(bytes_of_list(*part));
  for (const Augmentation& change : description.augment)
    key += std::string(" ") + word_of(change.kind) + " " + exact_text(change.amount);
  return checksum_of(key);
}

/// The processor and the kernels: another plan or target may round otherwise. The number of threads never matters.
std::string machine_of(const Manifest& manifest) {
  std::string kernels;
  for (const EntryInfo& entry : manifest.entries)
    for (const CallInfo& call : entry.calls) kernels += call.kernel + " ";
  return manifest.machine.text + ", kernels " + checksum_of(kernels);
}

/// A tensor that outlives a step, in the order of Machine::save().
struct Kept {
  std::string name;
  std::vector<int64_t> shape;
  size_t bytes;
};
std::vector<Kept> kept_of(const Manifest& manifest) {
  std::vector<Kept> kept;
  const auto add = [&](const std::string& name, const std::vector<int64_t>& shape) {
    kept.push_back({name, shape, static_cast<size_t>(element_count(shape)) * sizeof(float)});
  };
  for (const Tensor& tensor : manifest.tensors) add(tensor.path, tensor.shape);
  for (const FittedField& field : manifest.fitted)
    for (const Statistic statistic : statistics_of(field.method))
      add(statistic_name(field.field, statistic), field.shape);
  return kept;
}

// ---- numbers: JSON has none that are not finite

Json to_json(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
double number_of(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  return json.get<std::string>() == "-inf" ? -infinity : infinity;
}

Json to_json(const Numbers& numbers) {
  Json json = Json::array();
  for (const auto& [name, value] : numbers) json.push_back({name, to_json(value)});
  return json;
}
Numbers numbers_of(const Json& json) {
  Numbers numbers;
  for (const Json& item : json) numbers.emplace_back(item.at(0).get<std::string>(), number_of(item.at(1)));
  return numbers;
}

Json to_json(const Sums& sums) {
  Json values = Json::array();
  for (const double value : sums.values) values.push_back(to_json(value));
  return {{"values", values}, {"examples", to_json(sums.examples)}};
}
Sums sums_of(const Json& json) {
  Sums sums;
  for (const Json& value : json.at("values")) sums.values.push_back(number_of(value));
  sums.examples = number_of(json.at("examples"));
  return sums;
}

Json to_json(const WatchState& watch) {
  return {{"seen", watch.seen}, {"best", to_json(watch.best)}, {"since", watch.since}};
}
WatchState watch_of(const Json& json) {
  return {json.at("seen").get<bool>(), number_of(json.at("best")), json.at("since").get<int64_t>()};
}

/// All but what is kept.
Json to_json(const TrainState& state) {
  return {{"epoch", state.epoch},
          {"step", state.step},
          {"epochs", state.epochs},
          {"seed", state.seed},
          {"rate_scale", to_json(state.rate_scale)},
          {"ended", state.ended},
          {"keep", to_json(state.keep)},
          {"anneal", to_json(state.anneal)},
          {"stop", to_json(state.stop)},
          {"means", to_json(state.means)},
          {"last", to_json(state.last)},
          {"validation", to_json(state.validation)},
          {"best", {{"train", to_json(state.best.train)}, {"validation", to_json(state.best.validation)}}}};
}
TrainState state_of(const Json& json) {
  TrainState state;
  json.at("epoch").get_to(state.epoch);
  json.at("step").get_to(state.step);
  json.at("epochs").get_to(state.epochs);
  json.at("seed").get_to(state.seed);
  state.rate_scale = number_of(json.at("rate_scale"));
  json.at("ended").get_to(state.ended);
  state.keep = watch_of(json.at("keep"));
  state.anneal = watch_of(json.at("anneal"));
  state.stop = watch_of(json.at("stop"));
  state.means = sums_of(json.at("means"));
  state.last = sums_of(json.at("last"));
  state.validation = numbers_of(json.at("validation"));
  state.best.train = numbers_of(json.at("best").at("train"));
  state.best.validation = numbers_of(json.at("best").at("validation"));
  return state;
}

/// What a tensor is called in the file.
using NameOf = std::string (*)(std::string_view name);
std::string own_name(std::string_view name) { return std::string(name); }

void add_tensors(const Manifest& manifest, const std::vector<char>& kept, NameOf name_of,
                 std::vector<FileTensor>& tensors) {
  size_t begin = 0;
  for (const Kept& tensor : kept_of(manifest)) {
    tensors.push_back({name_of(tensor.name), tensor.shape, {kept.data() + begin, tensor.bytes}});
    begin += tensor.bytes;
  }
}

std::vector<char> read_tensors(const Manifest& manifest, const SafetensorsFile& file, const std::string& path,
                               NameOf name_of) {
  std::vector<char> kept;
  for (const Kept& tensor : kept_of(manifest)) {
    const std::string name = name_of(tensor.name);
    if (!file.has(name)) throw Failure(exit_wrong, path + ": it has no " + name);
    const std::vector<float> values = file.floats(name, tensor.shape, "");
    const std::string_view bytes = bytes_of_list(values);
    kept.insert(kept.end(), bytes.begin(), bytes.end());
  }
  return kept;
}

/// What the checkpoint was made with and this training is not; empty if they go together.
std::string difference(const Manifest& manifest, const CheckpointKey& key, const Metadata& metadata) {
  const auto differs = [&](const char* name, const std::string& value) {
    const auto found = metadata.find(name);
    return found == metadata.end() || found->second != value;
  };
  if (differs(weights_keys::net_key, key.net)) return "another net\n" + other_formulas(manifest, metadata);
  const auto lines = [&] {
    if (const auto run = metadata.find(checkpoint_keys::run); run != metadata.end() && run->second != key.run)
      return "  it is of the run " + shown(run->second) + ", this is the run " + shown(key.run) + "\n";
    const auto program = metadata.find(checkpoint_keys::program);
    return program == metadata.end() ? "" : other_lines(manifest, program->second);
  };
  if (differs(checkpoint_keys::step, key.step))
    return "another loss, metric, optimizer, clip, average or batch\n" + lines();
  if (differs(checkpoint_keys::data, key.data)) return "other data, parts of the data or augmentations\n" + lines();
  return "";
}

bool ended_early(const TrainState& state) { return state.ended && state.epoch <= state.epochs; }

std::string done_text(const TrainState& state) {
  const std::string done = std::to_string(state.epoch - 1);
  if (ended_early(state)) return "training was stopped early, after epoch " + done;
  if (state.ended) return "training has ended after epoch " + done + "; --epochs N goes on";
  return "epoch " + std::to_string(state.epoch) + " of " + std::to_string(state.epochs) +
         (state.step > 0 ? ", after " + std::to_string(state.step) + " of its steps" : "");
}

/// The state with as many epochs as are wanted now: those of --epochs, else of the program where it has others than when the
/// checkpoint was made. One that was stopped early stays so.
void plan(Resumed& resumed, const Manifest& manifest, const Metadata& metadata, const std::optional<int64_t>& asked) {
  TrainState& state = resumed.state;
  const bool early = ended_early(state);
  const int64_t now = manifest.run.epochs;
  const auto then = metadata.find(checkpoint_keys::epochs);
  const bool changed = then != metadata.end() && then->second != std::to_string(now);
  if (changed && !asked && now != state.epochs)
    resumed.notes += "note: the program has " + std::to_string(now) + " epochs now, it had " + then->second +
                     ": it is trained for as many\n";
  state.epochs = asked ? *asked : changed ? now : state.epochs;
  state.ended = early || state.epoch > state.epochs;
}

/// Whether a file that is no whole checkpoint may be what is left of one: it is empty, or zeros, as a power cut leaves files,
/// or it begins as one and is cut off, or it has something in it that only checkpoints have.
bool remains_of_checkpoint(std::string_view file) {
  constexpr std::string_view beginning = "{\"__metadata__\":{";
  constexpr size_t length_bytes = 8;
  if (file.find_first_not_of('\0') == file.npos) return true;
  if (file.size() <= length_bytes)
    return std::ranges::any_of(file, [](char letter) { return static_cast<unsigned char>(letter) < '\t'; });
  const std::string_view header = file.substr(length_bytes);
  uint64_t length = 0;
  std::memcpy(&length, file.data(), sizeof length);
  if (length > header.size() && length <= most_header_bytes &&
      (header.starts_with(beginning) || beginning.starts_with(header)))
    return true;
  for (const char* key : {checkpoint_keys::data, checkpoint_keys::state})
    if (header.substr(0, most_header_bytes).find('"' + std::string(key) + "\":\"") != header.npos) return true;
  return false;
}

}  // namespace

CheckpointKey key_of(const Manifest& manifest, const DataSet& data) {
  return {manifest.run.name, manifest.net_key, manifest.step_key, data_key(manifest.data, data)};
}

void save_checkpoint(const Manifest& manifest, const CheckpointKey& key, const Metadata& weights,
                     const TrainState& state, const std::string& path, bool keep_old) {
  std::vector<FileTensor> tensors;
  add_tensors(manifest, state.kept, own_name, tensors);
  if (!state.best.kept.empty()) add_tensors(manifest, state.best.kept, best_name, tensors);
  Metadata metadata = weights;
  metadata[weights_keys::kind] = checkpoint_kind;
  metadata[weights_keys::net_key] = key.net;
  metadata[checkpoint_keys::run] = key.run;
  metadata[checkpoint_keys::step] = key.step;
  metadata[checkpoint_keys::data] = key.data;
  metadata[checkpoint_keys::machine] = machine_of(manifest);
  metadata[checkpoint_keys::program] = program_text(manifest);
  metadata[checkpoint_keys::epochs] = std::to_string(manifest.run.epochs);
  metadata[checkpoint_keys::state] = json_text(to_json(state));
  const std::vector<char> file = safetensors_bytes(tensors, metadata, path);
  write_file(path, file.data(), file.size(), FileKind::Data, keep_old ? old_ending : nullptr);
}

TrainState load_checkpoint(const Manifest& manifest, const CheckpointKey& key, const std::string& path) {
  const SafetensorsFile file(path);
  const auto text = file.metadata().find(checkpoint_keys::state);
  if (text == file.metadata().end()) throw Failure(exit_wrong, path + ": this is no checkpoint");
  if (const std::string what = difference(manifest, key, file.metadata()); !what.empty())
    throw OtherTraining(exit_wrong, path + ": cannot go on from this checkpoint: it was made with " + what +
                                        "help: --from takes its weights alone");
  TrainState state;
  try {
    state = state_of(parse_json(text->second));
  } catch (const Json::exception&) {
    throw Failure(exit_wrong, path + ": the state in this checkpoint is damaged");
  }
  state.kept = read_tensors(manifest, file, path, own_name);
  const std::vector<Kept> kept = kept_of(manifest);
  if (!kept.empty() && file.has(best_name(kept.front().name)))
    state.best.kept = read_tensors(manifest, file, path, best_name);
  return state;
}

std::string checkpoint_before(const std::string& path) { return behind_links(path) + old_ending; }

bool was_checkpoint(const std::string& path) {
  try {
    if (SafetensorsFile(path).metadata().contains(checkpoint_keys::state)) return true;
  } catch (const Failure& failure) {
    if (failure.code() == exit_input_output) throw;  // it cannot be read: nobody knows
  }
  // Where the word for its metadata is damaged, it is read as a file without any.
  const std::vector<char> file = read_file(path);
  return remains_of_checkpoint({file.data(), file.size()});
}

bool can_resume(const std::string& path, bool must) {
  return must || file_exists(path) || file_exists(checkpoint_before(path));
}

Resumed resume(const Manifest& manifest, const CheckpointKey& key, const std::string& path,
               const std::optional<int64_t>& epochs) {
  Resumed resumed;
  std::string from = path;
  try {
    resumed.state = load_checkpoint(manifest, key, path);
  } catch (const OtherTraining&) {
    throw;
  } catch (const Failure& failure) {
    from = checkpoint_before(path);
    resumed.from_old = true;
    try {
      resumed.state = load_checkpoint(manifest, key, from);
    } catch (const Failure& before) {
      if (!file_exists(from)) throw failure;
      const bool unread = failure.code() == exit_input_output || before.code() == exit_input_output;
      throw Failure(unread ? exit_input_output : exit_wrong, std::string(failure.what()) + "\n  " + before.what());
    }
    resumed.notes = std::string(failure.what()) + "; the checkpoint before it is whole\n";
  }
  const Metadata metadata = SafetensorsFile(from).metadata();
  std::string notes;
  std::swap(notes, resumed.notes);
  plan(resumed, manifest, metadata, epochs);
  resumed.notes = notes + "resumed from " + shown(from) + ": " + done_text(resumed.state) + "\n" + resumed.notes;
  if (metadata.at(checkpoint_keys::machine) != machine_of(manifest))
    resumed.notes +=
        "note: it was made with other kernels or on another processor: the last bits may differ from here on\n";
  return resumed;
}

Checkpoints::Checkpoints(const Manifest& manifest, const DataSet& data, std::string path, CheckpointEvery every)
    : manifest_(manifest),
      key_(key_of(manifest, data)),
      weights_(weights_metadata(manifest, data.names)),
      path_(std::move(path)),
      every_(every) {
  if (every_.seconds > 0 && !every_.at_epochs) written_ = Clock::now();
}

bool Checkpoints::due(int64_t steps, int64_t epochs, bool ends_epoch) const {
  if (every_.steps > 0) return steps % every_.steps == 0;
  if (every_.epochs > 0) return ends_epoch && epochs % every_.epochs == 0;
  if (every_.at_epochs && !ends_epoch) return false;
  return !written_ || std::chrono::duration<double>(Clock::now() - *written_).count() >= every_.seconds;
}

void Checkpoints::write(const TrainState& state) {
  save_checkpoint(manifest_, key_, weights_, state, path_, keeps_old_);
  keeps_old_ = true;
  written_ = Clock::now();
}

}  // namespace dnnc::runtime
