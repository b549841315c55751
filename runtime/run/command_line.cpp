#include "runtime/run/command_line.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "runtime/program/failure.h"
#include "runtime/program/nearest.h"
#include "runtime/program/shown.h"

namespace dnnc::runtime {
namespace {

constexpr OptionForm help_form = {"--help", "this text", nullptr, "-h"};

[[noreturn]] void usage(const std::string& message) { throw Failure(exit_usage, message); }

/// Calls `visit` with each word of a list.
template <class Visit>
void for_each_word(std::string_view list, Visit visit, char between = ' ') {
  while (!list.empty()) {
    const size_t end = std::min(list.find(between), list.size());
    visit(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// "a, b and c"
std::string joined(const std::vector<std::string>& words, const char* last) {
  std::string text;
  for (size_t k = 0; k < words.size(); ++k) text += (k == 0 ? "" : k + 1 == words.size() ? last : ", ") + words[k];
  return text;
}

/// Whether a word is to be an option: neither a number below zero nor the name of the standard input.
bool looks_like_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && !std::isdigit(static_cast<unsigned char>(word[1])) && word[1] != '.';
}

/// The name of an option without what stands before it.
std::string bare(std::string_view name) {
  return std::string(name.substr(std::min(name.find_first_not_of('-'), name.size())));
}

/// What stands for the value of an option: "N", "always|never|auto".
std::string placeholder(const OptionForm& form) {
  std::string text = form.choices ? form.choices : form.value;
  if (form.choices) std::ranges::replace(text, ' ', '|');
  return text;
}

uint64_t number_of(const OptionForm& form, const std::string& text) {
  uint64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, fault] = std::from_chars(text.data(), last, value);
  if (fault != std::errc() || end != last || value < form.range.least || value > form.range.most)
    usage(std::string(form.name) + ": `" + text + "` is not a whole number from " + std::to_string(form.range.least) +
          " to " + std::to_string(form.range.most));
  return value;
}

/// Whether the word is one of a list's.
bool holds_word(const char* list, std::string_view word) {
  bool found = false;
  for_each_word(list, [&](std::string_view known) { found = found || known == word; });
  return found;
}

/// What was given as the option takes it.
OptionValue checked(const OptionForm& form, const std::string& text) {
  for (size_t begin = 0, end; form.choices && begin <= text.size(); begin = end + 1) {
    end = form.list ? std::min(text.find(',', begin), text.size()) : text.size();
    const std::string_view word = std::string_view(text).substr(begin, end - begin);
    if (holds_word(form.choices, word)) continue;
    std::vector<std::string> words;
    for_each_word(form.choices, [&](std::string_view known) { words.emplace_back(known); });
    usage(std::string(form.name) + ": `" + std::string(word) + "` is not " + joined(words, " or "));
  }
  return {text, form.range.is_given() ? number_of(form, text) : 0};
}

}  // namespace

std::string fault_of_empty(std::string_view placeholder, const std::string& right) {
  if (placeholder == placeholders::file) return "the name of the file is empty";
  if (placeholder == placeholders::folder) return "the name of the folder is empty";
  return "the value is empty: " + right;
}

std::string no_command(const std::string& word, const std::vector<CommandForm>& commands) {
  std::vector<std::string> names;
  for (const CommandForm& command : commands) names.emplace_back(command.name);
  const std::optional<std::string> near = nearest(word, names);
  return "there is no command `" + shown(word) + "`" + (near ? "; did you mean `" + *near + "`?" : "");
}

CommandLine::CommandLine(std::vector<CommandForm> commands) : commands_(std::move(commands)) {
  options_.push_back({&help_form, [](const OptionValue&) {}});
}

const CommandForm* CommandLine::command(std::string_view name) const {
  const auto found = std::ranges::find(commands_, name, &CommandForm::name);
  return found == commands_.end() ? nullptr : &*found;
}

const CommandLine::Option* CommandLine::find(const std::string& name) const {
  for (const Option& option : options_)
    if (name == option.form->name || (option.form->other && name == option.form->other)) return &option;
  return nullptr;
}

const CommandLine::Option* CommandLine::find(const std::string& name, const CommandForm& command) const {
  for (const Option& option : options_)
    if (name == option.form->name && option.form->serves(command)) return &option;
  return nullptr;
}

bool CommandLine::has(std::string_view option) const {
  return std::ranges::any_of(given_, [&](const Given& given) { return given.name == option; });
}

bool CommandLine::asks_for_help() const { return has(help_form.name); }

const char* CommandLine::meant_by(const std::string& name, const CommandForm* command) const {
  for (const bool any : {false, true}) {
    std::vector<std::string> names;
    for (const Option& option : options_)
      if (any || (command && option.form->serves(*command)))
        for (const char* known : {option.form->name, option.form->other}) {
          if (!known) continue;
          if (bare(known) == bare(name)) return known;  // too many hyphens, or too few
          names.push_back(bare(known));
        }
    if (const std::optional<std::string> near = nearest(bare(name), names))
      for (const Option& option : options_)
        for (const char* known : {option.form->name, option.form->other})
          if (known && bare(known) == *near) return known;
  }
  return nullptr;
}

std::string CommandLine::value_of(const Option& option, const std::vector<std::string>& arguments,
                                  size_t& place) const {
  const OptionForm& form = *option.form;
  const std::string& word = arguments[place];
  const size_t equal = word.starts_with("--") ? word.find('=') : std::string::npos;
  const bool stands_behind = equal == std::string::npos;
  if (form.is_switch() && !stands_behind) usage(std::string(form.name) + " takes no value");
  if (form.is_switch()) return "";
  std::string value = stands_behind ? "" : word.substr(equal + 1);
  if (stands_behind && place + 1 < arguments.size() && arguments[place + 1] != "--" && !find(arguments[place + 1]))
    value = arguments[++place];
  else if (stands_behind) usage(word + " needs a value: " + word + " " + placeholder(form));
  const std::string takes = placeholder(form);
  if (value == "-" && (takes == placeholders::file || takes == placeholders::folder))
    usage(std::string(form.name) +
          ": `-` names no file here; /dev/stdout is the standard output, ./- a file of that name");
  if (!value.empty()) return value;
  usage(std::string(form.name) + ": " + fault_of_empty(takes, std::string(form.name) + " " + takes));
}

void CommandLine::read(const std::vector<std::string>& arguments) {
  bool ended = false;
  for (size_t place = 0; place < arguments.size(); ++place) {
    const std::string& word = arguments[place];
    if (ended || !looks_like_option(word)) {
      words_.push_back(word);
      continue;
    }
    ended = word == "--";
    if (ended) continue;
    const std::string name = word.starts_with("--") ? word.substr(0, word.find('=')) : word;
    const Option* option = find(name);
    if (!option) {
      const auto first = std::ranges::find_if_not(arguments, looks_like_option);
      const char* const meant = meant_by(name, first == arguments.end() ? nullptr : command(*first));
      usage("unknown option `" + name + "`" +
            (meant ? std::string("; did you mean ") + meant + "?" : "; after -- it is no option"));
    }
    if (has(option->form->name) && !option->form->repeats) usage(std::string(option->form->name) + " is given twice");
    std::string value = value_of(*option, arguments, place);
    given_.push_back({option->form->name, std::move(value)});
  }
}

/// "it is for train and test": of an option that does nothing in a command.
std::string CommandLine::purpose(const std::string& name) const {
  std::vector<std::string> commands;
  for (const CommandForm& command : commands_)
    if (find(name, command)) commands.emplace_back(command.name);
  return commands.empty() ? "it is of no use here" : "it is for " + joined(commands, " and ");
}

void CommandLine::settle(const CommandForm& command) {
  for (const Given& given : given_) {
    const Option* option = find(given.name, command);
    if (!option) usage(given.name + " does nothing in `" + command.name + "`: " + purpose(given.name));
    option->set(checked(*option->form, given.value));
  }
}

std::string CommandLine::help(const CommandForm* command, bool inside) const {
  constexpr size_t column = 22;
  std::string text;
  for (const Option& option : options_) {
    const OptionForm& form = *option.form;
    if (form.inside != inside || (command && !form.serves(*command))) continue;
    std::string left = std::string("  ") + form.name + (form.other ? std::string(", ") + form.other : "") +
                       (form.is_switch() ? "" : " " + placeholder(form));
    if (left.size() >= column) left += "\n" + std::string(column, ' ');
    else left.resize(column, ' ');
    text += left + form.doc + "\n";
  }
  return text;
}

std::string CommandLine::help(const CommandForm* command) const {
  const std::string inside = help(command, true);
  return "options:\n" + help(command, false) + (inside.empty() ? "" : "\nto look into the compiler:\n" + inside);
}

std::string examples_of(const CommandForm& command, const std::string& program, const std::string& file) {
  std::string text;
  if (!command.examples) return text;
  for_each_word(
      command.examples,
      [&](std::string_view words) {
        text += "  " + program + " " + command.name + (file.empty() ? "" : " " + file);
        text += (words == "." ? "" : " " + std::string(words)) + "\n";
      },
      '\n');
  return "\nexamples:\n" + text;
}

}  // namespace dnnc::runtime
