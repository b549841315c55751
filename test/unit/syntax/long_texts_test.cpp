#include <gtest/gtest.h>

#include "test/unit/syntax/round_trip.h"

using namespace dnnc;

namespace {

std::string repeated(const std::string& part, size_t times) {
  std::string text = "dnn 1\n";
  for (size_t i = 0; i < times; ++i) text += part;
  return text + "\n";
}

// A step whose work grows with the square of the text would run for minutes here; tests are ended long before.
TEST(LongTexts, AreReadInTheOrderOfTheirLength) {
  for (const char* part : {"$ ", "$\n", ")", ")\n", "([{)]}", "a = \"x\n", "a = b c;", "a = b c\n", "a = 0 < b < 1;",
                           "a = (b c);", "layer f(x) {\n", "# c\n", "\n", "\r", ";", "a = 1 +\n"}) {
    const RoundTrip trip(repeated(part, 15'000));
    EXPECT_EQ(trip.well_formed, trip.fault.empty()) << part;
  }
}

TEST(LongTexts, AreFormatted) {
  const RoundTrip list("dnn 1\na = [" + repeated("1, ", 5'000).substr(6) + "]\n");
  EXPECT_EQ(list.fault, "");
  const RoundTrip comments("dnn 1\na = [" + repeated("1,  # c\n", 2'000).substr(6) + "]\n");
  EXPECT_EQ(comments.fault, "");
  const RoundTrip nested("dnn 1\na = " + repeated("if b: 1 else: ", 199).substr(6) + "1\n");
  EXPECT_EQ(nested.fault, "");
}

TEST(LongTexts, AtTheCapsAreRead) {
  const std::string brackets = "dnn 1\na = " + std::string(200, '(') + "1" + std::string(200, ')') + "\n";
  EXPECT_EQ(RoundTrip(brackets).fault, "");
  std::string sum = "dnn 1\na = 1";
  for (int i = 0; i < 500; ++i) sum += " + 1";
  EXPECT_EQ(RoundTrip(sum + "\n").fault, "");
  EXPECT_NE(RoundTrip(sum + " + 1\n").fault, "");
}

}  // namespace
