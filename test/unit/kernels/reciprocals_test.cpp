#include "compiler/kernels/reciprocals.h"

#include <gtest/gtest.h>

#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

std::string formula(const std::string& expression) {
  const Graph graph = divide_once(graph_of("%x[i: 3] = parameter \"x\"\n%s = setting \"s\"\n%y[i: 3] = " + expression +
                                           "\noutput value \"y\" = %y\n"));
  const std::string text = print_node(graph, node_named(graph, "y"));
  return text.substr(text.find('=') + 2);
}

TEST(DivideOnce, MultipliesByTheInverseOfOneNumber) {
  EXPECT_EQ(formula("%x[i] / (1 - 0.9 ^ %s)"), "%x[i] * (1 / (1 - 0.9 ^ %s))");
  EXPECT_EQ(formula("%x[i] / %x[1]"), "%x[i] * (1 / %x[1])");
}

TEST(DivideOnce, LeavesDivisionsByArraysConstantsAndIndices) {
  for (const char* text : {"%x[i] / %x[2 - i]", "%x[i] / 255", "%x[i] / i", "%s / (1 - %s)"})
    EXPECT_EQ(formula(text), text);
}

}  // namespace
}  // namespace dnnc
