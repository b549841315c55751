#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compare.h"
#include "compiler/halide/cpu/reduction_plan.h"

namespace dnnc::test {
namespace {

void expect_rows_and_columns(const char* reduction, int rows, int columns) {
  expect_as_interpreted(fmt::format(
      "%x[n: {0}, k: {1}] = field \"i0\"\n%y[n: {0}] = {2}[k: {1}](%x[n, k])\n%z[k: {1}] = {2}[n: {0}](%x[n, k])\n"
      "output value \"o0\" = %y\noutput value \"o1\" = %z\n",
      rows, columns, reduction));
}

void expect_total(const char* reduction, int elements) {
  expect_as_interpreted(fmt::format("%x[n: {0}] = field \"i0\"\n%y = {1}[n: {0}](%x[n])\noutput value \"o0\" = %y\n",
                                    elements, reduction));
}

TEST(reduction, of_rows_columns_and_all) {
  for (const char* reduction : {"sum", "max", "argmin"}) {
    expect_rows_and_columns(reduction, 7, 1000);
    expect_rows_and_columns(reduction, 409, 33);
    expect_rows_and_columns(reduction, 600, 3);
    expect_total(reduction, 100003);
  }
}

TEST(reduction, in_tasks) {
  for (const char* reduction : {"sum", "argmax"}) {
    const int64_t before = tasks_run();
    expect_rows_and_columns(reduction, 20000, 40);
    expect_total(reduction, 2000000);
    EXPECT_GT(tasks_run(), before);
  }
}

TEST(reduction, finds_a_maximum_and_its_place_in_one_pass) {
  for (const int channels : {1, 3, 8, 13, 40})
    expect_as_interpreted(fmt::format(R"(
%x[n: 2, i: 6, j: 7, c: {0}] = field "i0"
%place[n: 2, i: 3, j: 3, c: {0}] = argmax[p: 2, q: 2](max(%x[n, 2*i + p, 2*j + q, c], 0))
%y[n: 2, i: 3, j: 3, c: {0}] = max[p: 2, q: 2](max(%x[n, 2*i + p, 2*j + q, c], 0))
output value "o0" = %place
output value "o1" = %y
)",
                                      channels),
                          {}, {{-3, 3, true}});
}

/// The pair is found as (place, maximum): with the maximum stored first the outputs change places, the tasks must not.
TEST(reduction, stores_a_maximum_before_its_place_in_tasks) {
  const int64_t before = tasks_run();
  expect_as_interpreted(R"(
%x[n: 40, i: 32, j: 32, c: 32] = field "i0"
%y[n: 40, i: 16, j: 16, c: 32] = max[p: 2, q: 2](%x[n, 2*i + p, 2*j + q, c])
%place[n: 40, i: 16, j: 16, c: 32] = argmax[p: 2, q: 2](%x[n, 2*i + p, 2*j + q, c])
output value "o0" = %y
output value "o1" = %place
)");
  EXPECT_GT(tasks_run(), before);
}

TEST(reduction, with_what_is_computed_from_it_at_the_same_place) {
  for (const int columns : {2, 10, 17, 64})
    expect_as_interpreted(fmt::format(R"(
%x[n: 9, k: {0}] = field "i0"
%m[n: 9] = max[k: {0}](%x[n, k])
%s[n: 9] = sum[k: {0}](exp(%x[n, k] - %m[n]))
%l[n: 9] = log(%s[n]) + %m[n]
%p[n: 9, k: {0}] = exp(%x[n, k] - %l[n])
output value "o0" = %l
output value "o1" = %p
)",
                                      columns));
}

TEST(tasks, are_few_and_not_too_small_whatever_the_work_is) {
  EXPECT_EQ(tasks_for(0), 1);
  EXPECT_EQ(tasks_for(1e300), tasks_for(1e9));
  EXPECT_EQ(pieces_of_task(0), pieces_of_task(1));
  EXPECT_EQ(pieces_of_task(1e300), 1);
}

}  // namespace
}  // namespace dnnc::test
