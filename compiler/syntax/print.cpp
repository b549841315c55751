#include <fmt/format.h>

#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/operators.h"
#include "compiler/syntax/parse.h"

namespace dnnc {
namespace {

/// A text in quotes, in which nothing can be mistaken for the end of a line or a field.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else result += c;
  }
  return result + "\"";
}

std::string join(const std::vector<ast::Word>& words, const char* between) {
  std::string result;
  for (const ast::Word& word : words) result += (result.empty() ? "" : between) + word.text;
  return result;
}

/// Writes everything a tree holds but its spans, so that two trees print alike only if they are the same.
class TreePrinter {
 public:
  std::string take() { return std::move(text_); }

  void file(const ast::File& file) {
    node("File", [&] {
      if (file.version) expression(file.version);
      for (const ast::Declaration& declaration : file.declarations) {
        std::visit([&](const auto& kind) { declare(kind); }, declaration.kind);
      }
    });
  }

 private:
  void leaf(const std::string& line) { text_ += std::string(depth_ * 2, ' ') + line + "\n"; }

  void node(const std::string& line, auto children) {
    leaf(line);
    ++depth_;
    children();
    --depth_;
  }

  void part(const char* name, const ast::Ptr& value) {
    if (value) node(name, [&] { expression(value); });
  }

  // --- expressions

  void expression(const ast::Ptr& e) {
    std::visit(match{[&](const ast::Number& n) { leaf("Number " + n.text + (n.unit.empty() ? "" : " " + n.unit)); },
                     [&](const ast::Percent& p) { leaf("Percent " + p.text); },
                     [&](const ast::Sizes& s) { leaf(fmt::format("Sizes {}", fmt::join(s.sizes, "x"))); },
                     [&](const ast::String& s) { leaf("String " + quoted(s.value)); },
                     [&](const ast::Boolean& b) { leaf(b.value ? "Boolean true" : "Boolean false"); },
                     [&](const ast::Name& n) { leaf("Name " + n.text); }, [&](const auto& kind) { composite(kind); }},
               e->kind);
  }

  void composite(const ast::List& list) {
    node("List", [&] {
      for (size_t place = 0; place < list.items.size(); ++place) {
        if (list.names.empty() || list.names[place].text.empty()) expression(list.items[place]);
        else node("Named " + list.names[place].text, [&] { expression(list.items[place]); });
      }
    });
  }
  void composite(const ast::Unary& unary) {
    node(std::string("Unary ") + text_of(unary.op), [&] { expression(unary.operand); });
  }
  void composite(const ast::Binary& binary) {
    node(std::string("Binary ") + text_of(binary.op), [&] {
      expression(binary.left);
      expression(binary.right);
    });
  }
  void composite(const ast::If& choice) {
    node("If", [&] {
      part("Condition", choice.condition);
      part("Then", choice.then);
      part("Else", choice.otherwise);
    });
  }
  void composite(const ast::Call& call) {
    node("Call " + call.function.text, [&] {
      arguments(call.arguments);
      binders(call.binders);
    });
  }
  void composite(const ast::Element& element) {
    node("Element", [&] {
      expression(element.array);
      subscripts(element.subscripts);
      part("Else", element.otherwise);
    });
  }
  void composite(const ast::Member& member) {
    node("Member " + member.member.text, [&] { expression(member.object); });
  }
  void composite(const ast::Chain& chain) {
    node("Chain", [&] {
      expression(chain.input);
      steps(chain.steps);
    });
  }
  void composite(const ast::Bracketed& bracketed) {
    node("Bracketed", [&] { expression(bracketed.inner); });
  }

  void expressions(const std::vector<ast::Ptr>& list) {
    for (const ast::Ptr& e : list) expression(e);
  }
  void arguments(const std::vector<ast::Argument>& list) {
    for (const ast::Argument& argument : list) {
      node(argument.name ? "Argument " + argument.name->text : "Argument", [&] { expression(argument.value); });
    }
  }
  void binders(const std::vector<ast::Binder>& list) {
    for (const ast::Binder& binder : list) {
      node("Binder " + binder.index.text, [&] {
        if (binder.range) expression(binder.range);
      });
    }
  }
  void subscripts(const std::vector<ast::Subscript>& list) {
    node("Subscripts", [&] {
      for (const ast::Subscript& subscript : list) {
        std::visit(match{[&](const ast::Ellipsis&) { leaf("..."); }, [&](const ast::Ptr& e) { expression(e); }},
                   subscript);
      }
    });
  }

  void steps(const std::vector<ast::Step>& list) {
    for (const ast::Step& step : list) {
      node(step.as ? "Step as " + step.as->text : "Step", [&] {
        std::visit(match{[&](const ast::Step::Use& use) {
                           node(std::string(use.arguments ? "Use() " : "Use ") + use.word.text, [&] {
                             if (use.arguments) arguments(*use.arguments);
                           });
                         },
                         [&](const ast::Step::Group& group) { node("Group", [&] { steps(group.steps); }); },
                         [&](const ast::Step::Value& value) { part("Value", value.value); }},
                   step.kind);
        part("Repeat", step.repeat);
      });
    }
  }

  // --- types and statements

  void type(const ast::Type& type) {
    std::visit(match{[&](const ast::ArrayType& array) {
                       node("ArrayType " + array.word.text, [&] {
                         if (array.shape) subscripts(*array.shape);
                         if (array.second) subscripts(*array.second);
                       });
                     },
                     [&](const ast::SizesType& sizes) { leaf("SizesType " + join(sizes.sizes, " x ")); },
                     [&](const ast::ChoiceType& choice) { leaf("ChoiceType " + join(choice.choices, " | ")); }},
               type.kind);
  }

  void groups(const char* name, const std::vector<ast::Group>& list) {
    node(name, [&] {
      for (const ast::Group& group : list) {
        node("Group " + join(group.names, ", "), [&] {
          if (group.type) type(*group.type);
          part(group.drawn ? "Drawn" : "Start", group.start);
        });
      }
    });
  }

  void state(const ast::ParamStatement& statement) { groups("Param", statement.groups); }
  void state(const ast::StateStatement& statement) { groups("State", statement.groups); }
  void state(const ast::SharedStatement& statement) {
    node("Shared " + statement.name.text, [&] { steps(statement.steps); });
  }
  void state(const ast::ExpectStatement& statement) { part("Expect", statement.condition); }
  void state(const ast::BindStatement& statement) {
    node("Bind " + join(statement.names, ", "), [&] { expression(statement.value); });
  }
  void state(const ast::IndexedStatement& statement) {
    node("Indexed " + statement.name.text + "[" + join(statement.indices, ", ") + "]", [&] {
      expression(statement.value);
      binders(statement.binders);
    });
  }
  void state(const ast::ResultStatement& statement) {
    node("Result", [&] { expressions(statement.values); });
  }

  // --- declarations

  void declare(const ast::Import& import) { leaf("Import " + quoted(import.file)); }
  void declare(const ast::ConstantDefinition& constant) {
    node("Constant " + constant.name.text, [&] { expression(constant.value); });
  }
  void declare(const ast::Definition& definition) {
    const char* form = definition.short_form ? " =" : "";
    node(fmt::format("Definition {} {}{}", word_of(definition.kind), definition.name.text, form), [&] {
      for (const ast::Parameter& parameter : definition.parameters) {
        node("Parameter " + parameter.name.text, [&] {
          if (parameter.type) type(*parameter.type);
          part("Default", parameter.standard);
        });
      }
      for (const ast::Output& output : definition.results) {
        node(output.name.text.empty() ? "Output" : "Output " + output.name.text, [&] { type(output.type); });
      }
      for (const ast::Statement& statement : definition.body) {
        std::visit([&](const auto& kind) { state(kind); }, statement.kind);
      }
      part("Derivative", definition.derivative);
    });
  }
  void declare(const ast::Data& data) {
    node("Data " + data.name.text + (data.short_form ? " =" : ""), [&] { settings(data.settings); });
  }
  void declare(const ast::Train& train) {
    const std::string as = train.as ? " as " + train.as->text : "",
                      like = train.like ? " like " + train.like->text : "";
    node("Train " + train.net.text + " on " + train.data.text + as + like, [&] { settings(train.settings); });
  }
  void declare(const ast::Expect& expect) { part("Expect", expect.condition); }

  void settings(const std::vector<ast::Setting>& list) {
    for (const ast::Setting& setting : list) {
      std::string paths;
      for (const ast::Word& path : setting.paths) paths += (paths.empty() ? " for " : ", ") + quoted(path.text);
      node("Setting " + setting.key.text + paths, [&] {
        if (setting.type) type(*setting.type);
        else expression(setting.value);
      });
    }
  }

  std::string text_;
  size_t depth_ = 0;
};

}  // namespace

std::string print(const ast::File& file) {
  TreePrinter printer;
  printer.file(file);
  return printer.take();
}

bool same(const ast::File& a, const ast::File& b) { return print(a) == print(b); }

}  // namespace dnnc
