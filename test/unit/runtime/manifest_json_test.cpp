#include "runtime/program/manifest_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dnnc::runtime {
namespace {

/// Draws values of the types of a manifest. Numbers are finite: a program has no others.
struct Draw {
  template <class T>
  T number() const {
    return *rc::gen::arbitrary<T>();
  }
  double real() const {
    return *rc::gen::map(rc::gen::arbitrary<int>(), [](int n) { return n / 1024.0 * 1e3 + 1e-9 * n; });
  }
  /// Quotes, control characters and letters of other alphabets among them.
  std::string text() const {
    static const std::vector<std::string> letters = {"a", "b", "/", ".", "\"", "\\", "\n", "\x01", "é", "数", " ", "{"};
    std::string result;
    for (const size_t letter : *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, letters.size())))
      result += letters[letter];
    return result;
  }
  template <class Make>
  auto list(Make make) const {
    std::vector<decltype(make())> result;
    for (int n = *rc::gen::inRange(0, 4); n > 0; --n) result.push_back(make());
    return result;
  }
  std::vector<int64_t> shape() const {
    return list([&] { return number<int64_t>(); });
  }
  template <class Enum>
  Enum word() const {
    return words<Enum>[*rc::gen::inRange<size_t>(0, words<Enum>.size())].value;
  }
  bool coin() const { return number<bool>(); }

  DataValue value(int depth = 2) const {
    DataValue result;
    result.kind = DataValue::Kind{*rc::gen::inRange<uint8_t>(0, depth > 0 ? 4 : 2)};
    if (result.kind == DataValue::Kind::Number) result.number = real();
    if (result.kind == DataValue::Kind::Text || result.kind == DataValue::Kind::Call) result.text = text();
    if (result.kind == DataValue::Kind::List || result.kind == DataValue::Kind::Call)
      result.items = list([&] { return value(depth - 1); });
    if (result.kind != DataValue::Kind::Call) return result;
    result.place = text();
    result.named = list([&] { return value(depth - 1); });
    for (size_t i = 0; i < result.named.size(); ++i) result.named[i].name = std::to_string(i) + text();
    return result;
  }
  ContractTerm term(int depth = 2) const {
    ContractTerm result;
    result.kind = ContractTerm::Kind{*rc::gen::inRange<uint8_t>(0, depth > 0 ? 4 : 2)};
    const bool refers = result.kind == ContractTerm::Kind::Reference;
    if (result.kind == ContractTerm::Kind::Number) result.number = real();
    if (refers || result.kind == ContractTerm::Kind::Operation) result.name = text();
    if (refers || result.kind == ContractTerm::Kind::Predict) result.run = text();
    if (result.kind == ContractTerm::Kind::Operation || result.kind == ContractTerm::Kind::Predict)
      result.children = list([&] { return term(depth - 1); });
    return result;
  }
  std::optional<LoopRule> rule() const {
    if (coin()) return std::nullopt;
    return LoopRule{word<LoopRuleKind>(), word<DataPart>(), text(), word<Goal>(), number<int64_t>(), real()};
  }
  Port port() const { return {text(), word<Storage>(), shape(), number<int64_t>()}; }
  Guard guard() const {
    return {text(), text(), number<int64_t>(), number<int64_t>(), list([&] { return Guard::Term{real(), numbers()}; })};
  }
  EntryInfo entry() const {
    return {.kind = word<EntryKind>(),
            .batch = number<int64_t>(),
            .code = number<size_t>(),
            .arena_bytes = number<int64_t>(),
            .inputs = list([&] { return InputPort{port(), word<InputRole>()}; }),
            .outputs = list([&] { return OutputPort{port(), word<OutputRole>()}; }),
            .guards = list([&] { return guard(); }),
            .witnesses = list([&] { return Witness{number<int64_t>(), number<int64_t>()}; }),
            .calls = list([&] { return CallInfo{text(), word<KernelClass>(), text(), text(), real(), real()}; }),
            .step = {parts(2), parts(2)}};
  }
  std::optional<size_t> maybe_number() const {
    if (coin()) return std::nullopt;
    return number<size_t>();
  }
  std::vector<StepPart> parts(int depth) const {
    return list([&]() -> StepPart {
      if (depth == 0 || coin()) return {number<size_t>()};
      return {Loop{number<int64_t>(), word<Direction>(), maybe_number(), parts(depth - 1)}};
    });
  }
  std::vector<std::string> texts() const {
    return list([&] { return text(); });
  }
  Argument argument() const {
    if (coin()) return {number<size_t>()};
    Window window{number<int64_t>(), shape()};
    if (coin()) window.lag = Window::Lag{number<size_t>(), number<int64_t>(), number<size_t>(), shape()};
    return {number<size_t>(), window};
  }
  std::vector<size_t> numbers() const {
    return list([&] { return number<size_t>(); });
  }
  std::optional<MemoryPlan> memory() const {
    if (coin()) return std::nullopt;
    MemoryPlan plan;
    plan.buffers = list([&] { return MemoryPlan::Buffer{text(), number<int64_t>(), number<int64_t>()}; });
    plan.entries = list([&] {
      const auto arguments = [&] { return list([&] { return argument(); }); };
      return MemoryPlan::Entry{numbers(), numbers(), list([&] { return MemoryPlan::Call{arguments(), arguments()}; }),
                               numbers()};
    });
    plan.kept_bytes = number<int64_t>();
    return plan;
  }
  DataDescription data() const {
    return {.name = text(),
            .source = value(),
            .raw = list(
                [&] { return RawField{text(), shape(), {word<Element::Kind>(), number<int64_t>()}, coin(), coin()}; }),
            .inputs = list([&] { return text(); }),
            .target = text(),
            .splits = list([&] { return Split{word<DataPart>(), word<SplitMethod>(), real(), number<uint64_t>()}; }),
            .augment = list([&] { return Augmentation{word<Augmentation::Kind>(), real()}; })};
  }
  Manifest manifest() const {
    return {.file = text(),
            .sources = list([&] { return SourceText{text(), text()}; }),
            .net_key = text(),
            .step_key = text(),
            .machine = {text(), text(), number<int>(), {number<int64_t>(), number<int64_t>()}},
            .arena_bytes = number<int64_t>(),
            .kept_bytes = number<int64_t>(),
            .run = {text(), text(), number<int64_t>(), number<int64_t>(), number<uint64_t>(), rule(), rule(), rule(),
                    coin(), coin()},
            .start = list([&] { return StartRule{text(), texts(), text(), text()}; }),
            .tensors = list([&] { return Tensor{{text(), shape(), word<InputRole>()}, text(), number<int64_t>()}; }),
            .fitted = list([&] {
              return FittedField{{text(), shape(), word<FitMethod>()}, list([&] { return number<int64_t>(); })};
            }),
            .outputs = list(
                [&] { return OutputInfo{text(), word<Head>(), number<int64_t>(), shape(), text(), coin(), coin()}; }),
            .metrics = list([&] {
              return MetricInfo{text(), list([&] { return MeanInfo{text(), number<int64_t>()}; }), shape(), texts()};
            }),
            .layers = list([&] { return LayerInfo{text(), text(), shape(), number<int64_t>()}; }),
            .formulas = list([&] { return Formula{text(), text()}; }),
            .entries = list([&] { return entry(); }),
            .nets = list([&] { return NetInfo{text(), text(), number<size_t>(), {}, texts(), data().raw}; }),
            .data = data(),
            .folder = text(),
            .contracts = list([&] { return Contract{text(), text(), term()}; }),
            .memory = memory()};
  }
};

RC_GTEST_PROP(ManifestJson, ComesBackAsItWas, ()) {
  const Manifest manifest = Draw().manifest();
  RC_ASSERT(manifest_from_json(to_json(manifest)) == manifest);
}

TEST(ManifestJson, KeepsNumbersToTheLastBit) {
  Manifest manifest;
  manifest.run.seed = UINT64_MAX;
  manifest.run.stop = LoopRule{.factor = 0.1};
  manifest.run.keep = LoopRule{.factor = 5e-324};
  manifest.run.anneal = LoopRule{.factor = 1.7976931348623157e308};
  manifest.arena_bytes = INT64_MAX;
  EXPECT_EQ(manifest_from_json(to_json(manifest)), manifest);
}

TEST(ManifestJson, IsUtf8WhateverTheNamesAre) {
  Manifest manifest;
  manifest.data.name = "caf\xe9";
  EXPECT_EQ(manifest_from_json(to_json(manifest)).data.name, "caf\xef\xbf\xbd");
}

TEST(ManifestJson, RefusesWordsThatItDoesNotKnow) {
  EXPECT_THROW(manifest_from_json(R"({"outputs":[{"name":"o","head":"heap","classes":0,"shape":[]}]})"),
               std::logic_error);
  EXPECT_THROW(manifest_from_json(R"({"entries":[{"calls":[{"kind":"contractoin"}]}]})"), std::logic_error);
}

}  // namespace
}  // namespace dnnc::runtime
