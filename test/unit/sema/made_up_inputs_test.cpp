#include "compiler/sema/made_up_inputs.h"

#include "test/unit/sema/checked.h"

namespace dnnc {
namespace {

TEST(MadeUpInputs, RepeatTheLastExampleInRowsThatHaveNone) {
  Checked sums(R"(
data d = rows([0, 1] -> 0, [1, 0] -> 1)
net n(x: f32[2]) -> real { x -> dense(1) }
train n on d { loss = mse; optimizer = sgd(rate: 0.5); batch = 2; epochs = 1 }
)");
  ASSERT_RIGHT(sums);
  const Inputs inputs = made_up_inputs(*sums.model, sums.training(), sums.graph(GraphKind::Train, 4), 2);
  const Values& x = inputs.at("x");
  ASSERT_EQ(x.size(), 8u);
  EXPECT_NE(x[0], x[2]) << "examples differ";
  for (const size_t row : {2u, 3u}) EXPECT_EQ((Values{x[2 * row], x[2 * row + 1]}), (Values{x[2], x[3]})) << row;
}

}  // namespace
}  // namespace dnnc
