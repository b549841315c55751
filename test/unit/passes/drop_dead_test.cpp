#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

TEST(DropDead, KeepsWhatOutputsNeed) {
  EXPECT_EQ(print(drop_dead(graph_of("%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n"
                                     "%unread[i: 3] = parameter \"unread\"\n%x[i: 3] = parameter \"x\"\n"
                                     "%state[i: 3] = state \"state\"\n"
                                     "%r[j: 3, k: 1] = reshape %x\n%dead[i: 3] = %x[i] * %unread[i]\n"
                                     "%word: class[3] = 1\n"
                                     "%y[i: 3] = %r[@(%word), 0] + %r[i - 1, 0 else %x[i]]\n"
                                     "%d = uniform(0, 1, stream: 1, seed: %seed, step: %step, example: 0, element: 0)\n"
                                     "%z[i: 3] = i * %d\n"
                                     "output value \"y\" = %y\noutput update \"s\" = %z into %state\n"))),
            "graph \"test\"\n%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n%x[i: 3] = parameter \"x\"\n"
            "%state[i: 3] = state \"state\"\n%r[j: 3, k: 1] = reshape %x\n%word: class[3] = 1\n"
            "%y[i: 3] = %r[@(%word), 0] + %r[i - 1, 0 else %x[i]]\n"
            "%d = uniform(0, 1, stream: 1, seed: %seed, step: %step, example: 0, element: 0)\n%z[i: 3] = i * %d\n"
            "output value \"y\" = %y\noutput update \"s\" = %z into %state\n");
}

TEST(DropDead, DropsMembersOfRecurrences) {
  const std::string recurrences =
      "recurrence 3 forward along %a[t], %b[t]\n%a[t: 3] = %a[t - 1 else 1] * 2\n%b[t: 3] = %a[t - 1 else 0]\n"
      "recurrence 3 backward along %c[t]\n%c[t: 3] = %c[t + 1 else 0] + %a[t]\n";
  EXPECT_EQ(print(drop_dead(graph_of(recurrences + "output value \"a\" = %a\n"))),
            "graph \"test\"\nrecurrence 3 forward along %a[t]\n%a[t: 3] = %a[t - 1 else 1] * 2\n"
            "output value \"a\" = %a\n");
}

}  // namespace
}  // namespace dnnc
