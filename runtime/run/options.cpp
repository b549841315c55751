#include "runtime/run/options.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void usage(const std::string& message) { throw Failure(exit_usage, message); }

int64_t whole(const std::string& flag, const std::string& text) {
  int64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, fault] = std::from_chars(text.data(), last, value);
  if (fault == std::errc::result_out_of_range && text[0] != '-') usage(flag + ": `" + text + "` is too large");
  if (fault != std::errc() || end != last || value < 0) usage(flag + ": `" + text + "` is not a whole number");
  return value;
}

/// "10min", "5epochs", "1000steps".
CheckpointEvery every_of(const std::string& text) {
  char* rest = nullptr;
  const double count = std::isdigit(static_cast<unsigned char>(text[0])) ? std::strtod(text.c_str(), &rest) : 0;
  const std::string unit = rest ? rest : "";
  CheckpointEvery every{.seconds = 0, .at_epochs = false};
  if (unit == "s" || unit == "sec") every.seconds = count;
  else if (unit == "min") every.seconds = 60 * count;
  else if (unit == "h") every.seconds = 3600 * count;
  else if (unit == "epoch" || unit == "epochs") every.epochs = static_cast<int64_t>(std::min(count, 1e15));
  else if (unit == "step" || unit == "steps") every.steps = static_cast<int64_t>(std::min(count, 1e15));
  const bool whole = every.seconds > 0 || count == std::floor(count);
  if (!(every.seconds > 0 || every.epochs > 0 || every.steps > 0) || !whole)
    usage("--checkpoint-every: `" + text + "` is not like 10min, 5epochs or 1000steps");
  return every;
}

std::vector<double> numbers(const std::string& flag, const std::string& text) {
  std::vector<double> values;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    char* rest = nullptr;
    values.push_back(std::strtod(word.c_str(), &rest));
    while (*rest == ' ') ++rest;
    if (word.empty() || *rest) usage(flag + ": `" + word + "` is neither a number nor a file");
    begin = end + 1;
  }
  return values;
}

/// One option: its flags, what it does to RunOptions, and its help. `value` is null for a switch.
struct Flag {
  const char* name;
  const char* other;  ///< a second spelling, or null
  const char* value;
  const char* doc;
  void (*set)(RunOptions&, const std::string&);
};

constexpr Flag flags[] = {
    {"--epochs", nullptr, "N", "train for N epochs instead of what the program says",
     [](RunOptions& o, const std::string& v) { o.epochs = whole("--epochs", v); }},
    {"--seed", nullptr, "N", "seed of initial weights, shuffles and draws",
     [](RunOptions& o, const std::string& v) { o.seed = static_cast<uint64_t>(whole("--seed", v)); }},
    {"--from", nullptr, "FILE", "start from these weights", [](RunOptions& o, const std::string& v) { o.from = v; }},
    {"--weights", nullptr, "FILE", "the trained weights to use",
     [](RunOptions& o, const std::string& v) { o.weights = v; }},
    {"-o", "--output", "FILE", "save the trained weights (safetensors)",
     [](RunOptions& o, const std::string& v) { o.output = v; }},
    {"--part", nullptr, "PART", "train, validation or test",
     [](RunOptions& o, const std::string& v) {
       o.part = value_named<DataPart>(v);
       if (!o.part) usage("--part: `" + v + "` is not train, validation or test");
     }},
    {"--count", nullptr, "N", "the most examples predict shows: 5, or all of --input",
     [](RunOptions& o, const std::string& v) { o.count = whole("--count", v); }},
    {"--input", nullptr, "WHAT", "predict 0,1 or a .csv .npz .png .jpg, folder, - for stdin",
     [](RunOptions& o, const std::string& v) {
       if (names_inputs(v)) o.input_path = v;
       else o.input = numbers("--input", v);
     }},
    {"--data", nullptr, "FOLDER", "where relative paths of the data start",
     [](RunOptions& o, const std::string& v) { o.data = v; }},
    {"--history", nullptr, "FILE", "write one JSON line an epoch",
     [](RunOptions& o, const std::string& v) { o.history = v; }},
    {"--checkpoint", nullptr, "FILE", "keep the state of training here, to go on from",
     [](RunOptions& o, const std::string& v) { o.checkpoint = v; }},
    {"--checkpoint-every", nullptr, "WHAT", "10min, 5epochs or 1000steps; else each epoch, 30 s apart",
     [](RunOptions& o, const std::string& v) { o.every = every_of(v); }},
    {"--resume", nullptr, "FILE", "go on from this checkpoint, and go on writing it",
     [](RunOptions& o, const std::string& v) { o.resume = v; }},
    {"--threads", nullptr, "N", "threads of the training step; results do not depend on it",
     [](RunOptions& o, const std::string& v) { o.threads = static_cast<int>(whole("--threads", v)); }},
    {"--json", nullptr, nullptr, "print events as JSON Lines",
     [](RunOptions& o, const std::string&) { o.json = true; }},
    {"--quiet", "-q", nullptr, "print results only", [](RunOptions& o, const std::string&) { o.quiet = true; }},
    {"--no-progress", nullptr, nullptr, "no progress bar",
     [](RunOptions& o, const std::string&) { o.progress = false; }},
    {"--help", "-h", nullptr, "this text", [](RunOptions& o, const std::string&) { o.help = true; }},
};

const Flag* find(const std::string& word) {
  for (const Flag& flag : flags)
    if (word == flag.name || (flag.other && word == flag.other)) return &flag;
  return nullptr;
}

/// Letters at the front that two words share.
size_t shared_letters(const std::string& a, const std::string& b) {
  size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  return n;
}

std::string suggestion(const std::string& word) {
  const Flag* best = nullptr;
  size_t most = 3;
  for (const Flag& flag : flags)
    if (const size_t n = shared_letters(word, flag.name); n > most) {
      most = n;
      best = &flag;
    }
  return best ? std::string("; did you mean ") + best->name + "?" : "";
}

}  // namespace

RunOptions read_run_options(const std::vector<std::string>& arguments) {
  RunOptions options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string word = arguments[i], value;
    const size_t equal = word.rfind("--", 0) == 0 ? word.find('=') : std::string::npos;
    if (equal != std::string::npos) {
      value = word.substr(equal + 1);
      word.resize(equal);
    }
    const Flag* flag = find(word);
    if (!flag && word.rfind('-', 0) != 0 && options.command.empty()) {
      options.command = word;
      continue;
    }
    if (!flag && options.command == "help" && options.topic.empty()) {
      options.topic = word;
      continue;
    }
    if (!flag) usage("unknown option `" + word + "`" + suggestion(word));
    if (flag->value && equal == std::string::npos) {
      if (++i == arguments.size()) usage(word + " needs a value: " + word + " " + flag->value);
      value = arguments[i];
    }
    if (!flag->value && equal != std::string::npos) usage(word + " takes no value");
    flag->set(options, value);
  }
  if (options.checkpoint.empty()) options.checkpoint = options.resume;
  if (!options.resume.empty() && !options.from.empty())
    usage("--from gives weights to start with, --resume a training to go on with: leave one of them out");
  return options;
}

std::string run_options_help() {
  std::string text = "options:\n";
  for (const Flag& flag : flags) {
    std::string left = std::string("  ") + flag.name + (flag.other ? std::string(", ") + flag.other : "") +
                       (flag.value ? std::string(" ") + flag.value : "");
    left.resize(std::max<size_t>(left.size() + 1, 22), ' ');
    text += left + flag.doc + "\n";
  }
  return text;
}

}  // namespace dnnc::runtime
