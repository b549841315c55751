#include "compiler/check_gradients/check_gradients.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "compiler/check_gradients/element_order.h"
#include "test/unit/graph_text.h"
#include "test/unit/norms.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

/// The report on a loss, which is the mean of %y over its five places, of a parameter %x.
GradientReport report_on(const std::string& y, const Values& x, GradientCheckOptions options = {}) {
  Graph graph =
      graph_of("%x[i: 5] = parameter \"x\"\n%y[i: 5] = " + y +
               "\n%loss = sum[i: 5](%y[i] / 5)\n%g[i: 5] = gradient of %loss by %x\noutput loss \"loss\" = %loss\n");
  return check_gradients(graph, {{"x", x}}, options);
}

const Values points = {-1.5, -0.3, 0.2, 0.7, 2};

TEST(CheckGradients, AgreesWhereTheLossIsSmooth) {
  GradientReport report = report_on("exp(tanh(%x[i]) * %x[4 - i])", points);
  EXPECT_TRUE(report.passed()) << print(report);
  EXPECT_EQ(report.gradients.at(0).checked, 5);
  EXPECT_EQ(report.kinks(), 0);
  EXPECT_LT(report.gradients.at(0).worst_error, 1e-8);
}

TEST(CheckGradients, StepsAroundKinks) {
  EXPECT_TRUE(report_on("max(%x[i], 0)", {-1.5, 0.0004, -0.00003, 0.7, 2}).passed());
}

TEST(CheckGradients, TakesSmallerStepsWhereTheLossTurns) {
  EXPECT_TRUE(report_on("sin(300 * %x[i])", {0, 0, 0, 0, 0}).passed()) << "nothing of even order bends here";
}

TEST(CheckGradients, CallsNothingWrongWhereTheSecondDerivativeJumps) {
  for (const char* loss : {"select(0 < %x[i], %x[i], expm1(%x[i]))", "select(0 < %x[i], %x[i], expm1(2 * %x[i]) / 2)"})
    EXPECT_EQ(report_on(loss, {0, 0, 0, 0, 0}).gradients.at(0).wrong, 0) << loss;
}

TEST(CheckGradients, KnowsHowMuchOfADifferenceIsRounding) {
  EXPECT_TRUE(report_on("sin(%x[i] + 1e7)", points).passed());
}

TEST(CheckGradients, NamesTheElementWhoseGradientIsNoNumber) {
  const Graph graph = graph_of(R"(
%x[i: 3] = parameter "x"
%z[i: 3] = field "z"
%y[i: 3] = %x[i] * log(%z[i])
%count = setting "count"
%loss = sum[i: 3](select(i < %count, %y[i], 0) / %count)
%g[i: 3] = gradient of %loss by %x
output loss "loss" = %loss
)");
  const GradientReport report = check_gradients(graph, {{"x", {1, 2, 3}}, {"z", {2, 2, -1}}, {"count", {2}}}, {});
  EXPECT_EQ(report.gradients.at(0).wrong, 1);
  EXPECT_EQ(report.gradients.at(0).worst_element, 2);
}

TEST(CheckGradients, CountsKinksAndAllowsFew) {
  GradientReport report = report_on("abs(%x[i])", {-1.5, 0, 0.2, 0.7, 2});
  EXPECT_EQ(report.kinks(), 1);
  EXPECT_EQ(report.gradients.at(0).wrong, 0);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(print(report).substr(print(report).find("too")), "too many kinks: 1 of 5\n");
  GradientCheckOptions lenient;
  lenient.most_kinks = 0.2;
  EXPECT_TRUE(report_on("abs(%x[i])", {-1.5, 0, 0.2, 0.7, 2}, lenient).passed());
}

TEST(CheckGradients, FollowsStatedDerivatives) {
  EXPECT_TRUE(report_on("%x[i] ^ 2 * stop_gradient(%x[i])", points).passed());
  EXPECT_TRUE(report_on("%x[i] * overridden(floor(%x[i]), argument: %x[i] ^ 2, derivative: 0.5)", points).passed());
  EXPECT_TRUE(
      report_on("overridden(stop_gradient(%x[i]) * %x[i], argument: sin(%x[i]), derivative: %x[i])", points).passed());
}

/// A pass with a fault: the sign of every tanh is lost.
Graph forget_tanh(Graph graph) {
  for (Node& node : graph.nodes)
    if (auto* comprehension = std::get_if<Comprehension>(&node.kind))
      comprehension->body = rewrite(comprehension->body, [](const Expr& expression) {
        const auto* call = std::get_if<Call>(&expression->kind);
        return call && call->function == Function::Tanh ? dnnc::call(Function::Absolute, {expression}) : expression;
      });
  return graph;
}

TEST(CheckGradients, SeesAWrongGradient) {
  GradientCheckOptions options;
  options.passes = {{"differentiate", "", differentiate}, {"forget_tanh", "", forget_tanh}};
  GradientReport report = report_on("tanh(%x[i]) ^ 3 / 3", points, options);
  EXPECT_TRUE(report.passed()) << "an even power hides the fault";
  report = report_on("tanh(%x[i]) ^ 4 / 4", points, options);
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(report.gradients.at(0).wrong, 2);
  EXPECT_NE(print(report).find("2 wrong; at element 0 derived 0."), std::string::npos) << print(report);
}

TEST(CheckGradients, SeesAWrongGradientOnSeveralThreads) {
  GradientCheckOptions options;
  options.passes = {{"differentiate", "", differentiate}, {"forget_tanh", "", forget_tanh}};
  options.effort.threads = 4;
  options.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  EXPECT_EQ(report_on("tanh(%x[i]) ^ 4 / 4", points, options).gradients.at(0).wrong, 2);
}

TEST(CheckGradients, SeesAWrongGradientBehindManyNorms) {
  const Graph graph = graph_of(test::norms(12) +
                               "%loss = sum[i: 5](tanh(%n12[i]) ^ 4 * %n12[i])\n%g[i: 5] = gradient of %loss by %x\n"
                               "output loss \"loss\" = %loss\n");
  const Inputs inputs = {{"x", points}};
  EXPECT_TRUE(check_gradients(graph, inputs).passed());
  GradientCheckOptions options;
  options.passes = {{"differentiate", "", differentiate}, {"forget_tanh", "", forget_tanh}};
  const GradientReport report = check_gradients(graph, inputs, options);
  EXPECT_GT(report.gradients.at(0).wrong, 0) << "a bound of all roundings would be above the gradient itself";
  EXPECT_EQ(report.untold(), 0);
}

TEST(CheckGradients, SaysWhatRoundingHides) {
  const GradientReport report = report_on("sin(%x[i]) + 1e12", points);
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.untold(), 5);
  EXPECT_NE(print(report).find("5 elements are too small beside the rounding of the loss to be told"),
            std::string::npos);
  EXPECT_EQ(report_on("3 + 0 * %x[i]", points).untold(), 0) << "a derivative of 0 where nothing changes is right";
}

TEST(CheckGradients, TakesTiesAsThePointDoes) {
  const Values zeros = {0, 0, 0, 0, 0};
  for (const char* loss : {"select(%x[i] != %x[i] ^ 3, %x[i] / 2, %x[i])", "select(0 < %x[i] ^ 2, %x[i] / 2, %x[i])",
                           "select(%x[i] <= 0, %x[i], 7 * %x[i])"}) {
    const GradientReport report = report_on(loss, zeros);
    EXPECT_EQ(report.gradients.at(0).wrong, 0) << loss << "\n" << print(report);
  }
  EXPECT_EQ(report_on("select(0 < %x[i] ^ 2, %x[i] / 2, %x[i])", zeros).kinks(), 0);
  GradientCheckOptions options;
  options.passes = {{"differentiate", "", differentiate}, {"forget_tanh", "", forget_tanh}};
  EXPECT_GT(report_on("select(%x[i] != 2, tanh(%x[i]) ^ 4, %x[i])", {-1, 0, 1, 2, 3}, options).gradients.at(0).wrong,
            0);
}

TEST(CheckGradients, SamplesLargeTensors) {
  Graph graph = graph_of(
      "%x[i: 3000] = parameter \"x\"\n%loss = sum[i: 7](%x[400*i] ^ 2)\n"
      "%g[i: 3000] = gradient of %loss by %x\n");
  GradientReport report = check_gradients(graph, random_inputs(graph, 1));
  EXPECT_TRUE(report.passed()) << print(report);
  EXPECT_EQ(report.gradients.at(0).elements, 3000);
  EXPECT_LE(report.gradients.at(0).checked, 40);
  EXPECT_GE(report.gradients.at(0).checked, 20);
}

const char* several =
    "%a[i: 300] = parameter \"a\"\n%b[i: 40, j: 50] = parameter \"b\"\n%c = parameter \"c\"\n"
    "%z[j: 50] = sum[i: 40](%b[i, j] * %a[i])\n%m[j: 50] = tanh(%z[j] / 10) ^ 2 * %c\n%left = sum[j: 50](%m[j])\n"
    "%right = sum[i: 300](%a[i] ^ 3)\n%loss = %left + %right\n"
    "%ga[i: 300] = gradient of %loss by %a\n%gb[i: 40, j: 50] = gradient of %loss by %b\n"
    "%gc = gradient of %loss by %c\n";

TEST(CheckGradients, LooksAtAllElementsIfAsked) {
  const Graph graph = graph_of(several);
  GradientCheckOptions options;
  options.elements_each = options.terms_each = GradientCheckOptions::all;
  const GradientReport report = check_gradients(graph, random_inputs(graph, 1), options);
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(report.checked(), 2301);
  EXPECT_NE(print(report).find("looked at all 2,301 numbers\n"), std::string::npos) << print(report);
}

TEST(CheckGradients, FindsTheSameOnAnyNumberOfThreads) {
  const Graph graph = graph_of(several);
  GradientCheckOptions options;
  const std::string expected = print(check_gradients(graph, random_inputs(graph, 1), options));
  EXPECT_NE(expected.find("looked at 81 of 2,301 numbers (3.5 %), at 40 or all of each tensor\n"), std::string::npos)
      << expected;
  options.effort.threads = 7;
  EXPECT_EQ(print(check_gradients(graph, random_inputs(graph, 1), options)), expected);
}

TEST(CheckGradients, EndsWithItsTimeAlsoBeforeTheFirstElement) {
  const Graph graph = graph_of(several);
  GradientCheckOptions options;
  options.deadline = std::chrono::steady_clock::now();
  const GradientReport report = check_gradients(graph, random_inputs(graph, 1), options);
  EXPECT_EQ(report.checked(), 0);
  EXPECT_EQ(report.elements(), 2301);
  EXPECT_FALSE(report.passed()) << "nothing is known";
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(print(report), "looked at none of its numbers: all of the time went by before the first\n");
}

/// Wherever it is asked to stop, it does, and says what it has.
TEST(CheckGradients, StopsWhereverItIs) {
  const Graph graph = graph_of(several);
  const Inputs inputs = random_inputs(graph, 1);
  bool whole = false;
  for (int64_t asked = 1; !whole; asked += 1 + asked / 4) {
    GradientCheckOptions options;
    std::atomic<int64_t> left = asked;
    options.effort.stop = [&] { return --left <= 0; };
    const GradientReport report = check_gradients(graph, inputs, options);
    whole = !report.stopped;
    EXPECT_EQ(report.elements(), 2301);
    EXPECT_EQ(whole, report.checked() == 81) << asked;
    EXPECT_TRUE(report.ready || report.checked() == 0);
    EXPECT_EQ(print(report).find("looked at none of its numbers\n") == 0, !report.ready);
  }
}

TEST(CheckGradients, GoesRoundAllTensors) {
  const Graph graph = graph_of(several);
  GradientProgress progress;
  GradientCheckOptions options;
  options.progress = &progress;
  options.effort.stop = [&] { return progress.checked >= 11; };
  const GradientReport report = check_gradients(graph, random_inputs(graph, 1), options);
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(progress.elements, 81);
  EXPECT_GE(report.checked(), 11);
  EXPECT_LT(report.checked(), 81);
  EXPECT_LE(std::abs(report.gradients.at(0).checked - report.gradients.at(1).checked), 1);
  EXPECT_EQ(report.gradients.at(2).checked, 1);
}

TEST(ElementOrder, BeginsWithTheEndsAndHasEachOnce) {
  const Values gradient = {0, 0, 0, 1, 0, 0, 0, 0, 2, 0};
  const std::vector<int64_t> order = element_order(gradient, 100, 3, 4);
  EXPECT_EQ((std::vector<int64_t>{order.at(0), order.at(1)}), (std::vector<int64_t>{0, 9}));
  EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), 10);
  EXPECT_EQ(order.size(), 10);
  const std::set<int64_t> early(order.begin(), order.begin() + 5);
  EXPECT_TRUE(early.contains(3) && early.contains(8)) << "where the gradient is not 0";
  EXPECT_EQ(element_order(gradient, 100, 3, 4), order);
  EXPECT_EQ(element_order(gradient, 5, 3, 4), std::vector<int64_t>(order.begin(), order.begin() + 5));
  EXPECT_EQ(element_order({7}, 100, 3, 4), std::vector<int64_t>{0});
}

TEST(CheckGradients, NamesWhatItDoesNotCheck) {
  Graph graph = graph_of("%x = parameter \"x\"\n%y = %x ^ 2\n%loss = %y ^ 2\n%g = gradient of %loss by %y\n");
  GradientReport report = check_gradients(graph, {{"x", {1}}});
  EXPECT_FALSE(report.passed());
  EXPECT_EQ(print(report), "y: not an input, not checked\nnothing was checked\n");
}

}  // namespace
}  // namespace dnnc
