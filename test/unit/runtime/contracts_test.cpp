#include "runtime/contracts.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

ContractResult settle(const std::string& condition) {
  const ContractSource source = {
      [](const std::string& run, const std::string& name) { return run == "fast" && name == "test.loss" ? 0.25 : -1; },
      [](const std::string&, const std::vector<double>& example) { return example[0] + 10 * example[1]; }};
  return settle_contracts(R"([{"text":"t","place":"a.dnn:1:1","condition":)" + condition + "}]", source).front();
}

TEST(Contracts, CompareNumbersOfARun) {
  const std::string left = R"({"reference":"test.loss","run":"fast"})";
  const ContractResult result = settle(R"({"operation":"less_equal","arguments":[)" + left + ",0.2]}");
  EXPECT_FALSE(result.holds);
  EXPECT_EQ(result.seen, "0.25 <= 0.2");
  EXPECT_TRUE(settle(R"({"operation":"less","arguments":[)" + left + ",0.3]}").holds);
}

TEST(Contracts, AskTheNet) {
  const std::string answer = R"({"predict":"net","arguments":[1, {"operation":"add","arguments":[1, 1]}]})";
  EXPECT_TRUE(settle(R"({"operation":"equal","arguments":[)" + answer + ",21]}").holds);
}

TEST(Contracts, JoinConditions) {
  EXPECT_TRUE(settle(R"({"operation":"and","arguments":[1,{"operation":"not","arguments":[0]}]})").holds);
  EXPECT_FALSE(settle(R"({"operation":"and","arguments":[1,0]})").holds);
  EXPECT_TRUE(settle(R"({"operation":"select","arguments":[0,0,1]})").holds);
}

}  // namespace
}  // namespace dnnc::runtime
