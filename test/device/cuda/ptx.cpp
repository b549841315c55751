#include "ptx.h"

#include <cctype>
#include <cstring>

namespace ptx {
namespace {

struct OpRow {
  const char* name;
  Op op;
};
constexpr OpRow op_rows[] = {
    {"ld.param", Op::ld_param},
    {"ld.global", Op::ld_global},
    {"st.global", Op::st_global},
    {"mov", Op::mov},
    {"cvta.to.global", Op::cvta},
    {"add", Op::add},
    {"sub", Op::sub},
    {"mul.lo", Op::mul_lo},
    {"mul.hi", Op::mul_hi},
    {"mul.wide", Op::mul_wide},
    {"mul", Op::mul_lo},
    {"mad.lo", Op::mad_lo},
    {"mad.wide", Op::mad_wide},
    {"fma.rn", Op::fma},
    {"div.rn", Op::div},
    {"div", Op::div},
    {"rem", Op::rem},
    {"neg", Op::neg},
    {"abs", Op::abs},
    {"min", Op::min},
    {"max", Op::max},
    {"and", Op::and_},
    {"or", Op::or_},
    {"xor", Op::xor_},
    {"not", Op::not_},
    {"shl", Op::shl},
    {"shr", Op::shr},
    {"selp", Op::selp},
    {"setp", Op::setp},
    {"cvt", Op::cvt},
    {"bra", Op::bra},
    {"brx.idx", Op::brx},
    {"bar.sync", Op::bar},
    {"ret", Op::ret},
    {"sqrt.rn", Op::sqrt},
    {"rcp.rn", Op::rcp},
    {"bfe", Op::bfe},
    {"popc", Op::popc},
    {"red.global.max", Op::red_max},
    {"copysign", Op::copysign},
};

constexpr const char* special_names[] = {"%tid.x",   "%tid.y",   "%tid.z",   "%ntid.x",   "%ntid.y",   "%ntid.z",
                                         "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z"};
constexpr const char* compare_names[] = {"eq", "ne",  "lt",  "le",  "gt",  "ge",  "lo",  "ls",  "hi",
                                         "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan"};

bool type_of(std::string_view word, Type& type) {
  if (word == "pred") return type = {Kind::Predicate, 1}, true;
  constexpr std::string_view kinds = "usbf";
  const size_t kind = word.empty() ? std::string_view::npos : kinds.find(word[0]);
  if (kind == std::string_view::npos || word.size() < 2) return false;
  int bits = 0;
  for (const char digit : word.substr(1)) {
    if (!std::isdigit(static_cast<unsigned char>(digit))) return false;
    bits = 10 * bits + digit - '0';
  }
  constexpr Kind all[] = {Kind::Unsigned, Kind::Signed, Kind::Bits, Kind::Float};
  type = {all[kind], bits};
  return true;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char character : text) {
    depth += character == '{' || character == '[' ? 1 : character == '}' || character == ']' ? -1 : 0;
    if (character == at && depth == 0) parts.emplace_back();
    else parts.back() += character;
  }
  return parts;
}

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\n") + 1 - first);
}

uint64_t number_of(const std::string& text) {
  if (text.starts_with("0f") || text.starts_with("0d")) return std::stoull(text.substr(2), nullptr, 16);
  size_t used = 0;
  const uint64_t number =
      text[0] == '-' ? static_cast<uint64_t>(std::stoll(text, &used, 0)) : std::stoull(text, &used, 0);
  if (used != text.size()) throw Fault("no number: " + text);
  return number;
}

class KernelReader {
 public:
  KernelReader(Kernel& kernel, std::map<std::string, uint32_t> parameters)
      : kernel_(kernel), parameters_(std::move(parameters)) {}

  void read(const std::string& body) {
    std::string statement;
    int inside = 0;
    for (const char character : body) {
      const bool empty = trimmed(statement).empty();
      if (empty && (character == '{' || character == '}')) continue;
      inside += character == '{' || character == '[' ? 1 : character == '}' || character == ']' ? -1 : 0;
      if (character == ':' && inside == 0) {
        last_label_ = trimmed(statement);
        labels_[last_label_] = kernel_.code.size();
        statement.clear();
      } else if (character == ';') {
        take(trimmed(statement));
        statement.clear();
      } else {
        statement += character;
      }
    }
    for (Instruction& instruction : kernel_.code) {
      if (instruction.op == Op::brx) take_targets(instruction);
      for (Operand& operand : instruction.operands)
        if (operand.is == Operand::Is::Label) {
          const auto found = labels_.find(operand.name);
          if (found == labels_.end()) throw Fault("no label " + operand.name + " in " + kernel_.name);
          operand.number = found->second;
        }
    }
    kernel_.registers = static_cast<uint32_t>(slots_.size());
  }

 private:
  uint32_t slot(const std::string& name) {
    return slots_.emplace(name, static_cast<uint32_t>(slots_.size())).first->second;
  }

  /// Those of its list in place of the name of the list.
  void take_targets(Instruction& instruction) {
    const auto list = targets_.find(instruction.operands.at(1).name);
    if (list == targets_.end()) throw Fault("no list of labels: " + instruction.text);
    instruction.operands.pop_back();
    for (const std::string& label : list->second) instruction.operands.push_back(read_operand(label));
  }

  void take(const std::string& text) {
    constexpr std::string_view targets = ".branchtargets";
    if (text.starts_with(".reg")) return;
    if (text.starts_with(targets)) {
      for (const std::string& label : split(text.substr(targets.size()), ','))
        targets_[last_label_].push_back(trimmed(label));
      return;
    }
    Instruction made;
    made.text = text;
    std::string rest = text;
    if (rest[0] == '@') {
      const size_t end = rest.find(' ');
      made.guard_not = rest[1] == '!';
      made.guard = static_cast<int32_t>(slot(rest.substr(made.guard_not ? 2 : 1, end - (made.guard_not ? 2 : 1))));
      rest = trimmed(rest.substr(end));
    }
    const size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    take_words(made, rest.substr(0, end));
    if (const std::string operands = trimmed(rest.substr(end)); !operands.empty())
      for (const std::string& operand : split(operands, ',')) made.operands.push_back(read_operand(trimmed(operand)));
    if (made.combine != 0 && made.operands.size() != 4) throw Fault("what is combined? " + text);
    kernel_.code.push_back(std::move(made));
  }

  static void take_words(Instruction& made, const std::string& words) {
    const OpRow* best = nullptr;
    for (const OpRow& row : op_rows)
      if ((words == row.name || words.starts_with(std::string(row.name) + ".")) &&
          (!best || std::strlen(row.name) > std::strlen(best->name)))
        best = &row;
    if (!best) throw Fault("an instruction that is not known: " + words);
    made.op = best->op;
    int types = 0;
    const std::string rest = words.substr(std::strlen(best->name));
    for (const std::string& word : split(rest.empty() ? "" : rest.substr(1), '.')) {
      Type type;
      bool known = word.empty() || word == "uni" || word == "to";
      if (type_of(word, type)) {
        (types == 0 ? made.type : made.from) = type;
        ++types;
        known = true;
      }
      if (made.op == Op::setp && !known) {
        for (const char* name : compare_names)
          if (word == name) made.compare = name, known = true;
        if (word == "and" || word == "or" || word == "xor") made.combine = word[0], known = true;
      }
      if (word.size() >= 2 && word[0] == 'r' && std::strchr("nzmp", word[1]) && !known) {
        if (made.op != Op::cvt && word != "rn") throw Fault("another rounding: " + words);
        made.rounding = word[1];
        made.to_whole = word.size() == 3;
        known = true;
      }
      if (word == "sat") made.saturates = known = true;
      if (word == "ftz") made.flushes = known = true;
      if (word == "nc") made.read_only = known = true;
      if (word == "v2" || word == "v4") known = true;  // told by the operands
      if (!known) throw Fault("a word that is not known: " + words);
    }
  }

  Operand read_operand(const std::string& text) {
    Operand made;
    if (text[0] == '!' || (text[0] == '%' && text.find('.') == std::string::npos) || text == "tmp" || text == "_") {
      made.is = Operand::Is::Register;
      made.not_it = text[0] == '!';
      made.slot = slot(made.not_it ? text.substr(1) : text);
    } else if (text[0] == '%') {
      made.is = Operand::Is::Special;
      while (made.slot < std::size(special_names) && text != special_names[made.slot]) ++made.slot;
      if (made.slot == std::size(special_names)) throw Fault("a register that is not known: " + text);
    } else if (text[0] == '[') {
      made = read_place(trimmed(text.substr(1, text.size() - 2)));
    } else if (text[0] == '{') {
      made.is = Operand::Is::Pack;
      for (const std::string& part : split(text.substr(1, text.size() - 2), ','))
        made.parts.push_back(read_operand(trimmed(part)));
    } else if (std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-') {
      made.number = number_of(text);
    } else {
      made.is = Operand::Is::Label;
      made.name = text;
    }
    return made;
  }

  Operand read_place(const std::string& text) {
    Operand made;
    const size_t plus = text.find('+');
    const std::string base = text.substr(0, plus);
    if (plus != std::string::npos) made.number = number_of(text.substr(plus + 1));
    if (base[0] == '%') {
      made.is = Operand::Is::Place;
      made.slot = slot(base);
      return made;
    }
    const auto parameter = parameters_.find(base);
    if (parameter == parameters_.end()) throw Fault("no parameter " + base + " of " + kernel_.name);
    made.is = Operand::Is::Parameter;
    made.slot = parameter->second;
    return made;
  }

  Kernel& kernel_;
  std::map<std::string, uint32_t> parameters_, slots_;
  std::map<std::string, size_t> labels_;
  std::map<std::string, std::vector<std::string>> targets_;  ///< lists of labels, by the label before each
  std::string last_label_;
};

}  // namespace

std::map<std::string, std::unique_ptr<Kernel>> read(const std::string& text) {
  std::map<std::string, std::unique_ptr<Kernel>> kernels;
  constexpr std::string_view begins = ".entry ";
  if (text.find(".target sm_80") == std::string::npos) throw Fault("PTX for another target");
  for (size_t at = text.find(begins); at != std::string::npos; at = text.find(begins, at)) {
    at += begins.size();
    const size_t open = text.find('(', at), close = text.find(')', open), body = text.find("\n{\n", close);
    const size_t end = text.find("\n}\n", body);
    if (end == std::string::npos) throw Fault("a kernel without an end");
    auto kernel = std::make_unique<Kernel>();
    kernel->name = trimmed(text.substr(at, open - at));
    std::map<std::string, uint32_t> parameters;
    uint32_t offset = 0;
    for (const std::string& parameter : split(text.substr(open + 1, close - open - 1), ',')) {
      const std::vector<std::string> words = split(trimmed(parameter), ' ');
      Type type;
      if (words.size() < 3 || words[0] != ".param" || !type_of(words[1].substr(1), type))
        throw Fault("a parameter that is not known: " + parameter);
      parameters[words.back()] = static_cast<uint32_t>(kernel->parameters.size());
      kernel->parameters.push_back(static_cast<uint32_t>(type.bits / 8));
      kernel->places.push_back(words[2] == ".ptr");
      kernel->offsets.push_back(offset);
      offset += kernel->parameters.back();
    }
    KernelReader(*kernel, std::move(parameters)).read(text.substr(body + 3, end + 1 - body - 3));
    at = end;
    const std::string name = kernel->name;
    kernels[name] = std::move(kernel);
  }
  return kernels;
}

}  // namespace ptx
