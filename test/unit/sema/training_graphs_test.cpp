#include <cmath>
#include <set>

#include "test/unit/sema/checked.h"

namespace dnnc {
namespace {

using Names = std::vector<std::string>;

const char* const xor_program = R"(
data xor = rows([0, 0] -> 0, [0, 1] -> 1, [1, 0] -> 1, [1, 1] -> 0)
net xor_net(x: f32[2]) -> real { x -> dense(4, sigmoid) -> dense(1, sigmoid) }
train xor_net on xor { loss = mse; optimizer = sgd(rate: 0.5); epochs = 10 }
expect params == 17
)";

const char* const mnist_program = R"(
data mnist { source = builtin(mnist); image = image / 255; validation = tail(20%) }
net mlp(image: f32[28, 28, 1]) -> class[10] {
  image -> flatten
        -> dense(128, relu)
        -> dense(64, relu)
        -> dense(10)
}
train mlp on mnist {
  loss = crossentropy
  optimizer = adam(rate: 1e-3)
  metrics = [accuracy]
  batch = 32; epochs = 10; seed = 42
}
expect params == 109_386
expect test.accuracy >= 97.5%
)";

Inputs xor_batch() { return {{"x", {0, 0, 0, 1, 1, 0, 1, 1}}, {"y", {0, 1, 1, 0}}, {"count", {4}}}; }

TEST(TrainingGraphs, XorIsWhole) {
  Checked xor_(xor_program);
  ASSERT_RIGHT(xor_);
  EXPECT_EQ(xor_.training().batch, 4);
  EXPECT_EQ(xor_.training().parameters.size(), 4u);
  EXPECT_TRUE(xor_.model->contracts.at(0).settled);
  Graph train = xor_.graph(GraphKind::Train);
  Names paths = {"xor_net/dense1/w", "xor_net/dense1/b", "xor_net/dense2/w", "xor_net/dense2/b"};
  EXPECT_EQ(outputs_of(train, OutputRole::Update), paths);
  EXPECT_EQ(outputs_of(train, OutputRole::Loss), (Names{"loss"}));
  EXPECT_EQ(outputs_of(train, OutputRole::Value).at(0), "gradient of xor_net/dense1/w");
  EXPECT_EQ(outputs_of(xor_.graph(GraphKind::Initial), OutputRole::Value), paths);
}

TEST(TrainingGraphs, TheLossIsTheMeanOverTheExamplesThatAreThere) {
  Checked xor_(xor_program);
  ASSERT_RIGHT(xor_);
  Graph evaluate = xor_.graph(GraphKind::Evaluate);
  Inputs inputs = xor_batch();
  inputs["xor_net/dense2/b"] = {100};  // answers 1
  EXPECT_NEAR(value_of(evaluate, OutputRole::Loss, "loss", inputs)[0], 0.5, 1e-12);
  inputs["count"] = {3};
  EXPECT_NEAR(value_of(evaluate, OutputRole::Loss, "loss", inputs)[0], 1.0 / 3, 1e-12);
}

TEST(TrainingGraphs, MnistIsWhole) {
  Checked mnist(mnist_program);
  ASSERT_RIGHT(mnist);
  const Training& training = mnist.training();
  EXPECT_EQ(training.data.raw.size(), 2u);
  EXPECT_TRUE(training.data.raw[0].bytes);
  EXPECT_EQ(training.data.raw[1].element, (Element{Element::Kind::Class, 10}));
  EXPECT_EQ(training.data.target, "label");
  EXPECT_EQ(training.outputs[0].classes, 10);
  EXPECT_EQ(training.metrics[0].means, (std::vector<runtime::MeanInfo>{{"accuracy.0"}}));
  EXPECT_FALSE(mnist.model->contracts.at(1).settled);
  Graph train = mnist.graph(GraphKind::Train, 3);
  EXPECT_EQ(inputs_of(train, InputRole::OptimizerState).size(), 12u);
  EXPECT_EQ(inputs_of(train, InputRole::OptimizerState)[0], "mlp/dense1/w:m");
  EXPECT_EQ(outputs_of(train, OutputRole::Update).size(), 18u);
  EXPECT_EQ(outputs_of(train, OutputRole::Metric), (Names{"accuracy.0"}));
  Graph predict = mnist.graph(GraphKind::Predict, 1);
  EXPECT_EQ(outputs_of(predict, OutputRole::Result), (Names{"output", "output.label"}));
  EXPECT_EQ(inputs_of(predict, InputRole::Field), (Names{"image"}));
}

TEST(TrainingGraphs, PredictGivesProbabilitiesAndTheLabel) {
  Checked mnist(mnist_program);
  ASSERT_RIGHT(mnist);
  Graph predict = mnist.graph(GraphKind::Predict, 2);
  Inputs inputs = {{"mlp/dense3/b", {0, 0, 0, 0, 0, 0, 0, 0, 0, std::log(11.0)}}};
  EXPECT_NEAR(value_of(predict, OutputRole::Result, "output", inputs)[9], 0.55, 1e-6);
  EXPECT_EQ(value_of(predict, OutputRole::Result, "output.label", inputs), (Values{9, 9}));
}

const char* const house_program = R"(
data houses {
  source = csv("houses.csv", target: price)
  test = random(20%, seed: 1)
  features = standardize(features)
  price = standardize(price)
}
net value(features: f32[3]) -> real { features -> dense(1) }
train value on houses {
  loss = mse
  optimizer = momentum(rate: 0.1 * cosine(step, steps))
  metrics = [rmse, mae]
  epochs = 5; batch = 2
  average = ema(0.5); clip = by_norm(1.0)
}
)";

TEST(TrainingGraphs, StandardisationOfTheTargetIsUndoneInPredictAndMetrics) {
  Checked houses(house_program);
  ASSERT_RIGHT(houses);
  EXPECT_EQ(houses.training().data.fitted.size(), 2u);
  EXPECT_EQ(houses.training().data.fitted[1].field, "price");
  Inputs inputs = {{"features", {0, 0, 0, 0, 0, 0}},  {"price", {30, 70}},  {"count", {2}},
                   {"features.deviation", {1, 1, 1}}, {"price.mean", {50}}, {"price.deviation", {10}}};
  Graph evaluate = houses.graph(GraphKind::Evaluate, 2);
  EXPECT_NEAR(value_of(evaluate, OutputRole::Loss, "loss", inputs)[0], 4, 1e-12);
  EXPECT_NEAR(value_of(evaluate, OutputRole::Metric, "mae.0", inputs)[0], 40, 1e-12);
  EXPECT_NEAR(value_of(evaluate, OutputRole::Metric, "rmse.0", inputs)[0], 800, 1e-9);
  Graph predict = houses.graph(GraphKind::Predict, 2);
  EXPECT_EQ(value_of(predict, OutputRole::Result, "output", inputs), (Values{50, 50}));
  EXPECT_EQ(inputs_of(predict, InputRole::Fitted).size(), 6u);
}

TEST(TrainingGraphs, FinishComputesMetricsFromTheirMeans) {
  Checked houses(house_program);
  ASSERT_RIGHT(houses);
  Graph finish = houses.graph(GraphKind::Finish, 2);
  EXPECT_EQ(inputs_of(finish, InputRole::Setting), (Names{"rmse.0", "mae.0"}));
  Inputs means = {{"rmse.0", {49}}, {"mae.0", {3}}};
  EXPECT_EQ(value_of(finish, OutputRole::Metric, "rmse", means), (Values{7}));
  EXPECT_EQ(value_of(finish, OutputRole::Metric, "mae", means), (Values{3}));
}

TEST(TrainingGraphs, FitGivesTheValuesToFit) {
  Checked houses(house_program);
  ASSERT_RIGHT(houses);
  Graph fit = houses.graph(GraphKind::Fit, 2);
  EXPECT_EQ(outputs_of(fit, OutputRole::Value), (Names{"features", "rest of features", "price", "rest of price"}));
  Inputs inputs = {{"price", {30, 70}}};
  EXPECT_EQ(value_of(fit, OutputRole::Value, "price", inputs), (Values{30, 70}));
}

TEST(TrainingGraphs, AveragesStandInForParametersInEvaluation) {
  Checked houses(house_program);
  ASSERT_RIGHT(houses);
  EXPECT_TRUE(houses.training().averages);
  Names averages = {"value/dense1/w.average", "value/dense1/b.average"};
  EXPECT_EQ(inputs_of(houses.graph(GraphKind::Evaluate, 2), InputRole::Average), averages);
  EXPECT_EQ(inputs_of(houses.graph(GraphKind::Evaluate, 2), InputRole::Parameter), Names{});
  EXPECT_EQ(inputs_of(houses.graph(GraphKind::Train, 2), InputRole::Average), averages);
}

TEST(TrainingGraphs, SchedulesReadTheSettingsOfTheLoop) {
  Checked houses(house_program);
  ASSERT_RIGHT(houses);
  Names settings = inputs_of(houses.graph(GraphKind::Train, 2), InputRole::Setting);
  EXPECT_EQ(std::set<std::string>(settings.begin(), settings.end()), (std::set<std::string>{"count", "step", "steps"}));
}

const char* const people_program = R"(
data people {
  source = npz("people.npz")
  portrait = portrait / 255
}
net age_and_sex(portrait: f32[5, 7, 3]) -> (sex: class[2], age: real) {
  body = portrait -> flatten -> dense(3, relu)
  body -> dense(2) as sex, body -> dense(1) as age
}
train age_and_sex on people {
  loss = crossentropy(sex, gender) + 0.5 * huber(age, years)
  optimizer = sgd(rate: 0.1)
  optimizer for "*/sex/*" = frozen
  metrics = [accuracy(sex, gender), abs(age - years)]
  epochs = 3; anneal = plateau(on: train.loss, patience: 2)
}
)";

TEST(TrainingGraphs, SeveralResultsMeetTheirFields) {
  Checked people(people_program);
  ASSERT_RIGHT(people);
  const Training& training = people.training();
  Names raw;
  for (const RawField& field : training.data.raw) raw.push_back(field.name);
  EXPECT_EQ(raw, (Names{"portrait", "gender", "years"}));
  EXPECT_EQ(training.data.raw[1].element, (Element{Element::Kind::Class, 2}));
  EXPECT_EQ(training.data.raw[0].shape, (std::vector<int64_t>{5, 7, 3}));
  EXPECT_EQ(training.metrics[0].name, "accuracy");
  EXPECT_EQ(training.metrics[1].name, "abs(age - years)");
  EXPECT_EQ(*training.anneal,
            (LoopRule{.kind = runtime::LoopRuleKind::Plateau, .part = DataPart::Train, .patience = 2}));
}

TEST(TrainingGraphs, FrozenParametersHaveNoUpdateAndAnnealedOnesAScale) {
  Checked people(people_program);
  ASSERT_RIGHT(people);
  Graph train = people.graph(GraphKind::Train, 3);
  EXPECT_EQ(outputs_of(train, OutputRole::Update),
            (Names{"age_and_sex/dense1/w", "age_and_sex/dense1/b", "age_and_sex/age/w", "age_and_sex/age/b"}));
  Names settings = inputs_of(train, InputRole::Setting);
  EXPECT_NE(std::find(settings.begin(), settings.end(), "rate_scale"), settings.end());
}

TEST(TrainingGraphs, StatesOfLayersAreUpdatedInTrainingOnly) {
  Checked program(R"(
data d = rows([1, 2, 3] -> 0, [4, 5, 6] -> 1, [7, 8, 9] -> 1)
net n(x: f32[3]) -> prob { x -> batchnorm -> dense(1) }
train n on d { loss = binary_crossentropy; optimizer = adam; metrics = [precision]; epochs = 2 }
)");
  ASSERT_RIGHT(program);
  Names states = inputs_of(program.graph(GraphKind::Evaluate, 3), InputRole::State);
  EXPECT_EQ(states, (Names{"n/batchnorm1/average", "n/batchnorm1/variance"}));  // evaluation counts no batches
  Graph train = program.graph(GraphKind::Train, 3);
  Names updates = outputs_of(train, OutputRole::Update);
  EXPECT_NE(std::find(updates.begin(), updates.end(), "n/batchnorm1/average"), updates.end());
  EXPECT_EQ(outputs_of(train, OutputRole::Metric), (Names{"precision.0", "precision.1"}));
  EXPECT_EQ(program.training().parameters.back().role, InputRole::State);
}

TEST(TrainingGraphs, LabelsThatShareOutTheExamplesAreLoaded) {
  Checked program(R"(
data d { source = builtin(digits); target = image; validation = stratified(10%) }
net same(image: f32[8, 8, 1]) -> real[8, 8, 1] { image -> conv(1, 3x3, pad: same) }
train same on d { loss = mse; optimizer = adam; epochs = 2 }
)");
  ASSERT_RIGHT(program);
  EXPECT_EQ(program.training().data.target, "label");
  EXPECT_EQ(program.training().data.raw.at(1).element, (Element{Element::Kind::Class, 10}));
}

TEST(TrainingGraphs, StatisticsThatNothingReadsAreNotFitted) {
  Checked program(R"(
careful = 0
data d { source = csv("a.csv", target: y); weight = standardize(weight) }
net n(features: f32[3]) -> real { features -> dense(1) }
train n on d {
  loss = if careful == 1: weight * mse(output, target) else: mse(output, target)
  optimizer = sgd; epochs = 2
}
)");
  ASSERT_RIGHT(program);
  EXPECT_TRUE(program.training().data.fitted.empty());
}

TEST(TrainingGraphs, ArraysOfAFileHaveTheTypeOfWhatTheyAreGivenTo) {
  Checked program(R"(
data d = npz("a.npz", target: y)
net n(x: f32[3, 5]) -> class[4][2] { x -> flatten -> dense(8) -> two }
layer two(x: f32[8]) = reshape(x, [2, 4])
train n on d { loss = crossentropy; optimizer = adam; epochs = 2 }
)");
  ASSERT_RIGHT(program);
  const std::vector<RawField>& raw = program.training().data.raw;
  ASSERT_EQ(raw.size(), 2u);
  EXPECT_EQ(raw[0].shape, (std::vector<int64_t>{3, 5}));
  EXPECT_EQ(raw[1].element, (Element{Element::Kind::Class, 4}));
  EXPECT_EQ(raw[1].shape, (std::vector<int64_t>{2}));
}

}  // namespace
}  // namespace dnnc
