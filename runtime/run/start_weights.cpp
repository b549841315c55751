#include "runtime/run/start_weights.h"

#include <algorithm>
#include <map>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/run/model_entries.h"
#include "runtime/run/weights_fit.h"

namespace dnnc::runtime {
namespace {

constexpr size_t most_names = 8;  ///< that are told; of more there is a count

/// "a, b, c and 4 more"
std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), most_names); ++i) text += (i ? ", " : "") + shown(names[i]);
  return names.size() <= most_names ? text : text + " and " + std::to_string(names.size() - most_names) + " more";
}

/// The name in the file of what the tensor starts from by the rule; empty where the rule is not about it: averages follow their
/// parameters, and statistics are of data, not of paths.
std::string name_in_file(const StartRule& rule, const ModelEntry& entry) {
  if (!entry.parameter.empty()) return "";
  if (entry.fitted) return rule.paths.empty() ? entry.name : "";
  return name_by(rule, entry.name).value_or("");
}

class Start {
 public:
  explicit Start(Machine& machine) : machine_(machine), entries_(model_entries(machine.manifest())) {}

  void load(const StartRule& rule, const std::string& path) {
    const WeightsFile file(path);
    std::vector<std::string> loaded;
    std::vector<StartedTensor> started;
    std::map<std::string, std::string> left;
    for (const ModelEntry& entry : entries_) {
      const std::string name = name_in_file(rule, entry);
      if (name.empty()) continue;
      if (std::string why = why_not(rule, file, entry, name); !why.empty()) {
        if (!entry.fitted) left[entry.name] = why;
        continue;
      }
      put(file, entry, name);
      loaded.push_back(entry.name + (name == entry.name ? "" : " from " + name));
      if (!entry.fitted) started.emplace_back(entry.name, name);
      left_.erase(entry.name);
    }
    if (started.empty()) refuse(rule, file, left);
    loaded_.notes += "loaded from " + shown(path) + " (" + shown(rule.place) + "): " + list_of(loaded) + "\n";
    left_.merge(left);
    const std::string others = other_formulas_of(machine_.manifest(), file.metadata(), started);
    if (!others.empty())
      loaded_.warnings += shown(path) + ": these weights were trained with other formulas\n" + others;
  }
  LoadedStart loaded() const { return {loaded_.notes + lines_of(left_, " starts anew: "), loaded_.warnings}; }

 private:
  /// Why a tensor stays as it is; empty if it is loaded. A shape that differs is no reason where a rule names the paths.
  static std::string why_not(const StartRule& rule, const WeightsFile& file, const ModelEntry& entry,
                             const std::string& name) {
    if (entry.fitted && statistics_in(file, *entry.fitted) != Statistics::All) return "some are missing";
    if (is_zero(file, entry)) return "";
    if (!file.has(name)) return file.path() + " has no " + name;
    if (!rule.paths.empty()) return "";
    const std::vector<int64_t> found = file.shape(name);
    return found == entry.shape
               ? ""
               : "it is " + array_text(found) + " in " + file.path() + ", here " + array_text(entry.shape);
  }
  void put(const WeightsFile& file, const ModelEntry& entry, const std::string& name) {
    machine_.put(entry.offset, is_zero(file, entry) ? std::vector<float>(static_cast<size_t>(entry.count()))
                                                    : file.floats(name, entry.shape, entry.at()));
    for (const ModelEntry& average : entries_)
      if (average.parameter == entry.name) {
        const std::string own = average_name(name);
        machine_.put(average.offset, file.floats(file.has(own) ? own : name, entry.shape, entry.at()));
      }
  }
  std::string lines_of(const std::map<std::string, std::string>& left, const char* between) const {
    std::string lines;
    size_t told = 0;
    for (const ModelEntry& entry : entries_)
      if (const auto found = left.find(entry.name); found != left.end() && ++told <= most_names)
        lines += "  " + entry.name + entry.at() + between + shown(found->second) + "\n";
    return told <= most_names ? lines : lines + "  and so " + std::to_string(told - most_names) + " more\n";
  }
  [[noreturn]] void refuse(const StartRule& rule, const WeightsFile& file,
                           const std::map<std::string, std::string>& left) const {
    std::vector<std::string> names;
    for (const auto& [name, in_file] : file.names()) names.push_back(name);
    std::string text = file.path() + ": nothing of it would be loaded by `start` (" + rule.place + ")\n" +
                       lines_of(left, ": ") + "  the file has " + list_of(names) + other_net(rule, file);
    throw Failure(exit_wrong, text);
  }
  /// Where tensors have the same paths and shapes in a net of another name: how they are loaded. The pattern is the widest of
  /// which each tensor fits.
  std::string other_net(const StartRule& rule, const WeightsFile& file) const {
    for (const ModelEntry& entry : entries_) {
      const std::string net = entry.name.substr(0, entry.name.find('/')), path = entry.name.substr(net.size());
      if (net == entry.name || !entry.parameter.empty() || entry.fitted) continue;
      for (const auto& [name, in_file] : file.names()) {
        const std::string theirs = name.substr(0, name.find('/'));
        if (theirs == net || name.substr(theirs.size()) != path) continue;
        for (size_t slash = 0; slash != path.npos; slash = path.find('/', slash + 1))
          if (fit_below(file, net, theirs, path.substr(0, slash + 1)))
            return "\nhelp: a net of another name: start for \"" + net + path.substr(0, slash + 1) +
                   "*\" = weights(\"" + shown(rule.file) + "\", \"" + theirs + path.substr(0, slash + 1) + "*\")";
      }
    }
    return "";
  }
  /// Whether what the file has below the path in a net called `theirs` has the shapes of the net: the rest starts anew.
  bool fit_below(const WeightsFile& file, const std::string& net, const std::string& theirs,
                 const std::string& below) const {
    return std::ranges::all_of(entries_, [&](const ModelEntry& entry) {
      if (!entry.name.starts_with(net + below) || !entry.parameter.empty() || entry.fitted) return true;
      const std::string name = theirs + entry.name.substr(net.size());
      return !file.has(name) || file.shape(name) == entry.shape;
    });
  }

  Machine& machine_;
  std::vector<ModelEntry> entries_;
  LoadedStart loaded_;
  std::map<std::string, std::string> left_;  ///< by the name of a tensor, why it is not loaded
};

}  // namespace

LoadedStart load_start(Machine& machine, const std::string& folder) {
  Start start(machine);
  for (const StartRule& rule : machine.manifest().start) start.load(rule, path_from(folder, rule.file));
  return start.loaded();
}

}  // namespace dnnc::runtime

const dnnc::runtime::StartLoader dnnc_start = {dnnc::runtime::load_start};
