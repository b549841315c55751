#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// What commands do, a bit each; an option says for commands that do what it is.
using Deeds = uint32_t;
inline constexpr Deeds any_deed = ~Deeds{0};  ///< of an option that is for every command, whatever it does

/// One command, as a command line has it and as help tells it.
struct CommandForm {
  const char* name;
  const char* doc;
  Deeds deeds = 0;
  /// What may stand behind it and its file, a line each, `.` where nothing does; null if it has no examples.
  const char* examples = nullptr;
};

/// What stands for a value, or for a word behind a command, in help and messages.
namespace placeholders {
inline constexpr const char *file = "FILE", *folder = "FOLDER", *what = "WHAT", *number = "N", *name = "NAME";
}
/// Of several options: whatever is best here.
inline constexpr const char* best_here = "auto";

/// What is wrong with an empty word where such a value is to stand. `right` is how it is written, for values that are no paths.
std::string fault_of_empty(std::string_view placeholder, const std::string& right);

/// The whole numbers that an option takes.
struct WholeRange {
  uint64_t least = 1, most = 0;
  constexpr bool is_given() const { return least <= most; }
};

/// One option, as a command line has it and as help tells it. Lists are words with spaces between.
struct OptionForm {
  const char* name;
  const char* doc;
  const char* value = nullptr;    ///< what stands for its value in help; null for a switch or where there are choices
  const char* other = nullptr;    ///< a second spelling
  Deeds deeds = any_deed;         ///< it is for commands that do one of these
  const char* choices = nullptr;  ///< the words that it takes, and no others
  WholeRange range = {};          ///< the numbers that it takes, and nothing else
  bool repeats = false;           ///< may be given more than once
  bool inside = false;            ///< it looks into the compiler: of no use to who trains a net
  bool list = false;              ///< of its choices it takes several, with commas between
  constexpr bool is_switch() const { return !value && !choices; }
  /// Whether it does something in the command.
  constexpr bool serves(const CommandForm& command) const { return deeds == any_deed || (deeds & command.deeds); }
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
  /// For these commands. With `--help`, which everybody looks for.
  explicit CommandLine(std::vector<CommandForm> commands);
  /// Takes the options of a table and stores them in `target`.
  template <class Target, size_t rows>
  void take(const OptionRow<Target> (&table)[rows], Target& target) {
    for (const OptionRow<Target>& row : table)
      options_.push_back({&row.form, [&](const OptionValue& value) { row.set(target, value); }});
  }
  /// Tells options from other words.
  void read(const std::vector<std::string>& arguments);
  /// The words that are no options, in their order: the command is the first.
  const std::vector<std::string>& words() const { return words_; }
  bool has(std::string_view option) const;
  bool asks_for_help() const;
  /// The command of that name; null if there is none.
  const CommandForm* command(std::string_view name) const;
  /// Stores what was given. Refused is what does nothing in this command, and what its option does not take.
  void settle(const CommandForm& command);
  /// The options of a command, or of all, 80 columns at most; those that look into the compiler behind the others.
  std::string help(const CommandForm* command) const;

 private:
  std::string help(const CommandForm* command, bool inside) const;
  struct Option {
    const OptionForm* form;
    std::function<void(const OptionValue&)> set;
  };
  struct Given {
    std::string name, value;
  };
  const Option* find(const std::string& name) const;
  const Option* find(const std::string& name, const CommandForm& command) const;
  std::string purpose(const std::string& name) const;
  /// The option that was meant by a word that is none; one of the command, if any is near.
  const char* meant_by(const std::string& name, const CommandForm* command) const;
  /// The value of an option that stands at `place`, which goes to its last word.
  std::string value_of(const Option& option, const std::vector<std::string>& arguments, size_t& place) const;

  std::vector<CommandForm> commands_;
  std::vector<Option> options_;
  std::vector<Given> given_;
  std::vector<std::string> words_;
};

/// Lines that show how a command is used; `program` and `file` are what stands before and behind its name.
std::string examples_of(const CommandForm& command, const std::string& program, const std::string& file);

/// Says that there is no such command, and which of those that are there was meant.
std::string no_command(const std::string& word, const std::vector<CommandForm>& commands);

}  // namespace dnnc::runtime
