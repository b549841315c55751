#include "runtime/run/events.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace dnnc::runtime {
namespace {

using Json = nlohmann::json;

TEST(Events, SayWhatTheyAreAndTheirSchema) {
  EXPECT_EQ(event_line(Event::Expect, {{"holds", true}}), R"({"event":"expect","holds":true,"schema":1})"
                                                          "\n");
}

TEST(Events, QuoteWhatJsonCannotHold) {
  const std::string line = event_line(Event::Predict, {{"answer", "a \"b\" \\ c\n\x01"}, {"file", "caf\xe9"}});
  EXPECT_EQ(line, R"({"answer":"a \"b\" \\ c\n\u0001","event":"predict","file":"caf)"
                  "\xef\xbf\xbd"
                  R"(","schema":1})"
                  "\n")
      << "what is written is UTF-8 whatever the names are";
}

TEST(Events, HaveNineDigitsOfANumber) {
  const auto text = [](double value) { return json_number(value).dump(); };
  EXPECT_EQ(text(3), "3");
  EXPECT_EQ(text(-0.25), "-0.25");
  EXPECT_EQ(text(static_cast<double>(0.1f)), "0.100000001");
  EXPECT_EQ(text(1.0 / 3), "0.333333333");
  EXPECT_EQ(text(4.046e-06), "4.046e-06");
  EXPECT_EQ(text(1.5e300), "1.5e+300");
  EXPECT_EQ(json_number(51234567890.0), 51234567900.0);
  for (const double value : {NAN, INFINITY, -INFINITY}) EXPECT_EQ(text(value), "null");
}

TEST(Events, NameNumbersWhoseNameIsTakenByTheirPart) {
  Json fields = {{"epoch", 2}};
  add_numbers(fields, DataPart::Train, {{"loss", 0.5}, {"epoch", 7}, {"event", NAN}});
  EXPECT_EQ(fields, (Json{{"epoch", 2}, {"loss", 0.5}, {"train.epoch", 7}, {"train.event", nullptr}}));
  add_numbers(fields, DataPart::Train, {{"validation", 1}});
  EXPECT_TRUE(fields.contains("train.validation")) << "where there is no such part too";
}

}  // namespace
}  // namespace dnnc::runtime
