#include "runtime/run/contracts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"

namespace dnnc::runtime {
namespace {

ContractResult settle(const std::string& condition) {
  const ContractSource source = {
      [](const std::string& run, const std::string& name) { return run == "fast" && name == "test.loss" ? 0.25 : -1; },
      [](const std::string&, const std::vector<double>& example) { return example[0] + 10 * example[1]; }};
  return settle_contracts(contracts_from_json(R"([{"text":"t","place":"a.dnn:1:1","condition":)" + condition + "}]"),
                          source)
      .front();
}

TEST(Contracts, CompareNumbersOfARun) {
  const std::string left = R"({"reference":"test.loss","run":"fast"})";
  const ContractResult result = settle(R"({"operation":"less_equal","arguments":[)" + left + ",0.2]}");
  EXPECT_FALSE(result.holds);
  EXPECT_EQ(result.seen, "0.25 <= 0.2");
  EXPECT_TRUE(settle(R"({"operation":"less","arguments":[)" + left + ",0.3]}").holds);
}

/// Settles a condition of `test.loss`, which is NaN.
ContractResult settle_nan(const std::string& operation, const std::string& further) {
  const ContractSource source = {[](const std::string&, const std::string&) { return std::nan(""); },
                                 [](const std::string&, const std::vector<double>&) { return std::nan(""); }};
  return settle_contracts(contracts_from_json(R"([{"text":"t","place":"p","condition":{"operation":")" + operation +
                                              R"(","arguments":[)" + further + "]}}]"),
                          source)
      .front();
}

TEST(Contracts, FailIfTheyAreMadeOfNaN) {
  const std::string loss = R"({"reference":"test.loss","run":"fast"})";
  const std::string largest = R"({"operation":"max","arguments":[)" + loss + ",0]}";
  const ContractResult small = settle_nan("less", largest + ",1");
  EXPECT_FALSE(small.holds);
  EXPECT_EQ(small.seen, "nan < 1: `test.loss` is not a number");
  const std::string above = R"({"operation":"less","arguments":[1,)" + loss + "]}";
  EXPECT_EQ(settle_nan("not", above).seen, "`test.loss` is not a number");
  EXPECT_FALSE(settle_nan("not", above).holds);
  EXPECT_FALSE(settle_nan("unequal", loss + ",1").holds);
  EXPECT_FALSE(settle_nan("or", "1," + above).holds);
  EXPECT_FALSE(settle_nan("power", loss + ",0").holds);
  EXPECT_FALSE(settle_nan("equal", R"({"predict":"net","arguments":[1]},1)").holds);
  EXPECT_EQ(settle_nan("not", R"({"operation":"log","arguments":[-1]})").seen, "`log` has no value here");
  EXPECT_TRUE(settle_nan("select", "1,2," + loss).holds);
  EXPECT_FALSE(settle_nan("select", "0,2," + loss).holds);
}

TEST(Contracts, FailIfANumberIsNotKnownAndAreSettledAllTheSame) {
  const auto settle_both = [](int code) {
    const ContractSource source = {
        [&](const std::string&, const std::string&) -> double { throw Failure(static_cast<ExitCode>(code), "why"); },
        [](const std::string&, const std::vector<double>&) { return 0.0; }};
    return settle_contracts(
        contracts_from_json(R"([{"text":"t","place":"p","condition":{"reference":"time.epoch","run":"fast"}},)"
                            R"({"text":"u","place":"q","condition":1}])"),
        source);
  };
  const std::vector<ContractResult> results = settle_both(exit_wrong);
  EXPECT_FALSE(results[0].holds);
  EXPECT_EQ(results[0].seen, "why");
  EXPECT_TRUE(results[1].holds);
  EXPECT_THROW(settle_both(exit_input_output), Failure);
}

TEST(Contracts, AskTheNet) {
  const std::string answer = R"({"predict":"net","arguments":[1, {"operation":"add","arguments":[1, 1]}]})";
  EXPECT_TRUE(settle(R"({"operation":"equal","arguments":[)" + answer + ",21]}").holds);
}

/// Whether the operation gives the number, as near as six digits.
bool gives(const std::string& operation, const std::string& arguments, double number) {
  const std::string term = R"({"operation":")" + operation + R"(","arguments":[)" + arguments + "]}";
  const std::string distance = R"({"operation":"abs","arguments":[{"operation":"subtract","arguments":[)" + term + "," +
                               std::to_string(number) + "]}]}";
  return settle(R"({"operation":"less","arguments":[)" + distance + ",1e-6]}").holds;
}

TEST(Contracts, KnowEveryOperation) {
  EXPECT_TRUE(gives("equal", "2,2", 1) && gives("equal", "2,3", 0));
  EXPECT_TRUE(gives("unequal", "2,2", 0) && gives("unequal", "2,3", 1));
  EXPECT_TRUE(gives("less", "2,2", 0) && gives("less", "2,3", 1));
  EXPECT_TRUE(gives("less_equal", "2,2", 1) && gives("less_equal", "3,2", 0));
  EXPECT_TRUE(gives("and", "2,0", 0) && gives("and", "2,3", 1));
  EXPECT_TRUE(gives("or", "0,0", 0) && gives("or", "0,3", 1));
  EXPECT_TRUE(gives("not", "0", 1) && gives("not", "2", 0));
  EXPECT_TRUE(gives("select", "1,2,3", 2) && gives("select", "0,2,3", 3));
  EXPECT_TRUE(gives("add", "2,3", 5) && gives("subtract", "2,3", -1) && gives("negate", "2", -2));
  EXPECT_TRUE(gives("multiply", "2,3", 6) && gives("divide", "3,2", 1.5) && gives("power", "2,3", 8));
  EXPECT_TRUE(gives("remainder", "7,4", 3) && gives("remainder", "-7,4", 1));
  EXPECT_TRUE(gives("min", "2,3", 2) && gives("min", "3,2", 2) && gives("max", "2,3", 3) && gives("max", "3,2", 3));
  EXPECT_TRUE(gives("abs", "-2", 2) && gives("abs", "2", 2) && gives("floor", "-1.5", -2));
  EXPECT_TRUE(gives("exp", "1", 2.718282) && gives("log", "10", 2.302585) && gives("sqrt", "2", 1.414214));
  EXPECT_TRUE(gives("log1p", "1", 0.693147) && gives("expm1", "1", 1.718282));
  EXPECT_TRUE(gives("sin", "1", 0.841471) && gives("cos", "1", 0.540302) && gives("tanh", "1", 0.761594));
  EXPECT_TRUE(gives("sigmoid", "1", 0.731059) && gives("erf", "1", 0.842701));
}

TEST(Contracts, JoinConditions) {
  EXPECT_TRUE(settle(R"({"operation":"and","arguments":[1,{"operation":"not","arguments":[0]}]})").holds);
  EXPECT_FALSE(settle(R"({"operation":"and","arguments":[1,0]})").holds);
  EXPECT_TRUE(settle(R"({"operation":"select","arguments":[0,0,1]})").holds);
}

}  // namespace
}  // namespace dnnc::runtime
