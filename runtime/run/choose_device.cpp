#include "runtime/run/choose_device.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "runtime/program/available_memory.h"
#include "runtime/program/device.h"
#include "runtime/program/failure.h"
#include "runtime/program/processor.h"
#include "runtime/run/info.h"

namespace dnnc::runtime {
namespace {

#define DNNC_DEVICE_KIND(name, word) #word,
constexpr std::array kinds = {
#include "runtime/program/device_kinds.def"
};
#undef DNNC_DEVICE_KIND

const char* word_of(const DeviceCandidate& candidate) {
  return candidate.device ? candidate.device->word : device_words::processor;
}

std::string name_of(const DeviceCandidate& candidate, size_t number) {
  return word_of(candidate) + (":" + std::to_string(number));
}

/// What keeps the program from running on it; empty: nothing.
std::string why_not_on(const ListedDevice& device, const DeviceCandidate& candidate) {
  if (!device.why_not.empty() || !candidate.need) return device.why_not;
  const DeviceNeed need = candidate.need();
  const auto takes = [](int64_t bytes) { return "the program takes " + size_text(bytes) + " of memory, and it "; };
  if (need.bytes > device.memory) return takes(need.bytes) + "has " + size_text(device.memory);
  if (need.largest > device.largest) return takes(need.largest) + "gives at most " + size_text(device.largest);
  return "";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// The first device of the kind that the program can run on; -1 where there is none, and then it is said why.
int first_usable(const DeviceCandidate& candidate, std::string& name, std::string& why) {
  try {
    const std::vector<ListedDevice> devices = candidate.device->list();
    for (size_t number = 0; number < devices.size(); ++number) {
      const std::string fault = why_not_on(devices[number], candidate);
      name = name_of(candidate, number) + " (" + shown(devices[number].name) + ")";
      if (fault.empty()) return static_cast<int>(number);
      why += (why.empty() ? "" : "; ") + name + " cannot be used: " + fault;
    }
  } catch (const Failure& failure) {
    why += (why.empty() ? "" : "; ") + first_line(failure.what());
  }
  return -1;
}

DeviceChoice choose_any(std::span<const DeviceCandidate> candidates) {
  if (candidates.size() == 1) return {};
  std::string why;
  for (const std::string_view kind : kinds)
    for (size_t k = 0; k < candidates.size(); ++k) {
      if (!candidates[k].device || word_of(candidates[k]) != kind) continue;
      std::string name;
      const int number = first_usable(candidates[k], name, why);
      if (number < 0) continue;
      candidates[k].device->choose(number);
      return {k, "runs on " + name + "\n"};
    }
  const std::string note = why.empty() ? "" : "runs on the processor: " + why + "\n";
  for (size_t k = 0; k < candidates.size(); ++k)
    if (!candidates[k].device && candidates[k].need().lacks.empty()) return {k, note};
  for (size_t k = 0; k < candidates.size(); ++k)
    if (!candidates[k].device) return {k};
  return {};
}

/// Code for what is wished for, of processors the first that this one can run. None of the kind: candidates.size().
size_t made_for(const DeviceWish& wish, std::span<const DeviceCandidate> candidates) {
  size_t found = candidates.size();
  for (size_t k = 0; k < candidates.size(); ++k) {
    if (word_of(candidates[k]) != wish.kind) continue;
    if (candidates[k].device || candidates[k].need().lacks.empty()) return k;
    found = std::min(found, k);
  }
  return found;
}

[[noreturn]] void refuse(const DeviceWish& wish, std::span<const DeviceCandidate> candidates) {
  std::string made, targets;
  int count = 0;
  const auto add = [](std::string& list, const std::string& word, const char* between) {
    list += (list.empty() ? "" : between) + word;
  };
  const auto look_at = [&](const std::string& word, const std::string& target) {
    const bool is_made = std::ranges::any_of(candidates, [&](const auto& one) { return word_of(one) == word; });
    if (is_made) add(made, word, ", ");
    if (!is_made && wish.kind != word) return;
    add(targets, target, ",");
    ++count;
  };
  look_at(device_words::processor, host_target_word);
  for (const char* kind : kinds) look_at(kind, kind);
  throw Failure(exit_usage, "--device: there is no code for " + wish.kind + ", only for " + made +
                                "; --target=" + targets + " makes code for " + (count == 2 ? "both" : "all of them"));
}

}  // namespace

void open_device(const dnnc_device& device, int number) {
  device.choose(number);
  device.queue();
}

DeviceChoice choose_device(const std::string& text, std::span<const DeviceCandidate> candidates) {
  const DeviceWish wish = read_device(text);
  if (wish.kind == device_words::any) return choose_any(candidates);
  const size_t found = made_for(wish, candidates);
  if (found == candidates.size()) refuse(wish, candidates);
  if (candidates[found].device) open_device(*candidates[found].device, wish.number);
  return {found};
}

std::string devices_text(std::span<const DeviceCandidate> candidates) {
  std::string text = processor_line();
  std::string lacks;
  bool of_program = false, runs_here = false;
  for (const DeviceCandidate& candidate : candidates) {
    of_program = of_program || candidate.need;
    if (candidate.device || !candidate.need) continue;
    const std::string missing = candidate.need().lacks;
    runs_here = runs_here || missing.empty();
    if (lacks.empty()) lacks = "it has no " + missing;
  }
  if (of_program && !runs_here)
    text += "  cannot be used: " + (lacks.empty() ? "there is no code for it" : lacks) + "\n";
  for (const DeviceCandidate& candidate : candidates) {
    if (!candidate.device) continue;
    try {
      size_t number = 0;
      for (const ListedDevice& device : candidate.device->list()) {
        const std::string why = why_not_on(device, candidate);
        text += name_of(candidate, number++) + ": " + shown(device.name) +
                (device.memory > 0 ? ", " + size_text(device.memory) : "") + "\n";
        if (!why.empty()) text += "  cannot be used: " + why + "\n";
      }
    } catch (const Failure& failure) {
      text += first_line(failure.what()) + "\n";
    }
  }
  return text;
}

DeviceWish read_device(const std::string& text) {
  if (text.empty()) return {device_words::any};
  if (text == device_words::any || text == device_words::processor) return {text};
  const size_t colon = std::min(text.find(':'), text.size());
  DeviceWish wish{text.substr(0, colon)};
  bool known = false;
  std::string all = std::string(device_words::any) + ", " + device_words::processor;
  for (const std::string_view kind : kinds) {
    known = known || kind == wish.kind;
    all += (kind == kinds.back() ? " or " : ", ") + std::string(kind);
  }
  constexpr int most_devices = 1000;
  if (colon < text.size()) {
    const char* const last = text.data() + text.size();
    const auto [end, fault] = std::from_chars(text.data() + colon + 1, last, wish.number);
    known = known && fault == std::errc() && end == last && wish.number >= 0 && wish.number < most_devices;
  }
  if (!known)
    throw Failure(exit_usage, "--device: `" + text + "` is not one of " + all + ", or of several devices one, as " +
                                  kinds.back() + ":0");
  return wish;
}

}  // namespace dnnc::runtime
