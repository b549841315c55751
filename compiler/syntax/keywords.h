#pragma once
#include "compiler/syntax/ast.h"
#include "runtime/program/roles.h"

/// Words of the language, for who prints them, tells them or meets them as texts; the parser knows them by its grammar.
namespace dnnc::keyword {

/// Begin statements of a body.
inline constexpr const char *param = "param", *state = "state", *shared = "shared", *expect = "expect";
/// Begin declarations, as `expect` and those of DefinitionKind do.
inline constexpr const char *import = "import", *data = "data", *train = "train";
inline constexpr const char *yes = "true", *no = "false";
inline constexpr const char* otherwise = "else";
/// The key of a data block that says where the data come from, which its short form leaves out.
inline constexpr const char* source = "source";
/// That which changes the examples of a training.
inline constexpr const char* augment = "augment";
/// The key of a train block whose list may have names.
inline constexpr const char* metrics = "metrics";
/// The constant.
inline constexpr const char* pi = "pi";

}  // namespace dnnc::keyword

namespace dnnc {

/// The types of values: the word before the brackets.
enum class TypeWord : uint8_t { Number, Integer, Label, Probability, Real };

}  // namespace dnnc

namespace dnnc::runtime {

template <>
inline constexpr std::array words<ast::DefinitionKind> = {
    Word{ast::DefinitionKind::Function, "function"},  Word{ast::DefinitionKind::Activation, "activation"},
    Word{ast::DefinitionKind::Layer, "layer"},        Word{ast::DefinitionKind::Net, "net"},
    Word{ast::DefinitionKind::Loss, "loss"},          Word{ast::DefinitionKind::Metric, "metric"},
    Word{ast::DefinitionKind::Optimizer, "optimizer"}};
template <>
inline constexpr std::array words<TypeWord> = {
    Word{TypeWord::Number, word_of(Storage::Float32)}, Word{TypeWord::Integer, "int"},
    Word{TypeWord::Label, word_of(Head::Class)}, Word{TypeWord::Probability, word_of(Head::Probability)},
    Word{TypeWord::Real, word_of(Head::Real)}};

}  // namespace dnnc::runtime

namespace dnnc {

constexpr const char* word_of(ast::DefinitionKind kind) { return runtime::word_of(kind); }
constexpr const char* word_of(TypeWord type) { return runtime::word_of(type); }
/// Whether the type is called so.
inline bool is_called(const ast::ArrayType& type, TypeWord word) { return type.word.text == word_of(word); }

}  // namespace dnnc
