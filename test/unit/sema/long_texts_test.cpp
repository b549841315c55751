#include "test/unit/sema/checked.h"

using namespace dnnc;

namespace {

/// A part for each number below `times`, with the number in place of `#`.
std::string repeated(const std::string& part, size_t times, const std::string& between = "\n") {
  std::string text;
  for (size_t i = 0; i < times; ++i) {
    if (i > 0) text += between;
    for (const char c : part) text += c == '#' ? std::to_string(i) : std::string(1, c);
  }
  return text;
}

const std::string net = "net n(x: f32[3]) -> class[3] = x -> dense(3)\ndata d = rows([0, 1, 2] -> 1)\n";
const std::string settings = "loss = crossentropy; epochs = 1\n";

// Work that grows with the square of the text would take minutes here; tests are ended long before.
TEST(LongTexts, OfNamesThatMeanNothingAreCheckedInTheOrderOfTheirLength) {
  EXPECT_EQ(Checked(repeated("a# = unknown_name_#", 30'000)).diagnostics.error_count(), 30'000u);
  EXPECT_EQ(Checked("function f(x) {\n" + repeated("a# = unknown_name_#", 30'000) + "\nx }").diagnostics.error_count(),
            30'000u);
}

TEST(LongTexts, OfManyNamesAreCheckedInTheOrderOfTheirLength) {
  EXPECT_EQ(Checked("function f(x: f32[" + repeated("s#", 90'000, ", ") + "]) = 1").messages(), Messages{});
  EXPECT_EQ(
      Checked("function f(" + repeated("p#", 45'000, ", ") + ") = [" + repeated("p#", 45'000, ", ") + "]").messages(),
      Messages{});
  const Checked steps("layer f(x, " + repeated("p#", 20'000, ", ") + ") {\n" + repeated("a# = x -> p#", 20'000) +
                      "\nx }");
  EXPECT_EQ(steps.messages(), Messages{});
}

TEST(LongTexts, OfManySettingsAreCheckedInTheOrderOfTheirLength) {
  const Checked paths(net + "train n on d { " + settings + repeated("optimizer for \"*/w#\" = sgd(0.1)", 15'000) +
                      " }");
  EXPECT_EQ(paths.diagnostics.error_count(), 15'001u);  // each serves none, and none serves what there is
}

}  // namespace
