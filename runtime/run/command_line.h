#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// The whole numbers that an option takes.
struct WholeRange {
  uint64_t least = 1, most = 0;
  constexpr bool is_given() const { return least <= most; }
};

/// One option, as a command line has it and as help tells it. Lists are words with spaces between.
struct OptionForm {
  const char* name;
  const char* doc;
  const char* value = nullptr;     ///< what stands for its value in help; null for a switch or where there are choices
  const char* other = nullptr;     ///< a second spelling
  const char* commands = nullptr;  ///< those in which it does something; null: all
  const char* choices = nullptr;   ///< the words that it takes, and no others
  WholeRange range = {};           ///< the numbers that it takes, and nothing else
  bool repeats = false;            ///< may be given more than once
  constexpr bool is_switch() const { return !value && !choices; }
};

/// What was given for an option.
struct OptionValue {
  std::string text;
  uint64_t number = 0;  ///< where the option has a range
};

/// A row of a table of options: what it says, and what it does.
template <class Target>
struct OptionRow {
  OptionForm form;
  void (*set)(Target&, const OptionValue&);
};

/// A command line that is being read, of dnnc or of a trainer: both have the same rules. Options may stand anywhere; `--` ends
/// them; `--name=value` and `--name value` are the same; what begins with a minus and a digit is no option. All that is wrong
/// is a Failure(exit_usage).
class CommandLine {
 public:
  /// With `--help`, which everybody looks for.
  CommandLine();
  /// Takes the options of a table and stores them in `target`. With `commands` only in these: another program has the others.
  template <class Target, size_t rows>
  void take(const OptionRow<Target> (&table)[rows], Target& target, const char* commands = nullptr) {
    for (const OptionRow<Target>& row : table)
      options_.push_back({&row.form, commands, [&](const OptionValue& value) { row.set(target, value); }});
  }
  /// Tells options from other words.
  void read(const std::vector<std::string>& arguments);
  /// The words that are no options, in their order: the command is the first.
  const std::vector<std::string>& words() const { return words_; }
  bool has(std::string_view option) const;
  /// Stores what was given. Refused is what does nothing in this command, and what its option does not take.
  void settle(const std::string& command);
  /// The options of a command, or with an empty word all, a line each, 80 columns at most.
  std::string help(const std::string& command) const;

 private:
  struct Option {
    const OptionForm* form;
    const char* commands;
    std::function<void(const OptionValue&)> set;
    bool serves(std::string_view command) const;
  };
  struct Given {
    std::string name, value;
  };
  const Option* find(const std::string& name) const;
  const Option* find(const std::string& name, const std::string& command) const;
  std::string purpose(const std::string& name) const;
  [[noreturn]] void refuse_unknown(const std::string& name) const;
  /// The value of an option that stands at `place`, which goes to its last word.
  std::string value_of(const Option& option, const std::vector<std::string>& arguments, size_t& place) const;

  std::vector<Option> options_;
  std::vector<Given> given_;
  std::vector<std::string> words_;
};

/// Whether the word is one of a list's.
bool holds_word(const char* list, std::string_view word);

}  // namespace dnnc::runtime
