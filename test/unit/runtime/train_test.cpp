#include "runtime/run/train.h"

#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <new>
#include <optional>

#include "fake_training.h"
#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/interrupt.h"
#include "runtime/run/trainer.h"

namespace dnnc::runtime {
namespace {

using test::fake;

LoopRule rule(LoopRuleKind kind, int64_t patience = 1, double factor = 0.5) {
  LoopRule rule;
  rule.kind = kind;
  rule.patience = patience;
  rule.factor = factor;
  return rule;
}

/// Signals are caught, also where the tests are run without: shells ignore SIGINT for what runs in the background.
struct Caught {
  Caught() {
    for (size_t i = 0; i < ending_signals.size(); ++i) before[i] = std::signal(ending_signals[i].number, SIG_DFL);
    guard.emplace();
  }
  ~Caught() {
    guard.emplace();  // forgets the signal that came
    guard.reset();
    for (size_t i = 0; i < ending_signals.size(); ++i) std::signal(ending_signals[i].number, before[i]);
  }
  std::array<sighandler_t, ending_signals.size()> before{};
  std::optional<InterruptGuard> guard;
};

struct Train : testing::Test {
  test::FakeTraining training;
  float steps_stored() const { return training.machine->get_floats(test::fake_w, 1).front(); }
};

TEST_F(Train, TakesEveryExampleOnceInEachEpochAndTheLastStepWithFewer) {
  const TrainResult result = training.train();
  EXPECT_EQ(result.epochs, 4);
  EXPECT_TRUE(result.ended);
  EXPECT_EQ(steps_stored(), 12);
  ASSERT_EQ(fake.seen.size(), 12u);
  for (int epoch = 1; epoch <= 4; ++epoch) {
    std::vector<float> taken;
    for (int step = 1; step <= 3; ++step) {
      const test::SeenStep& seen = fake.seen[static_cast<size_t>(3 * (epoch - 1) + step - 1)];
      EXPECT_EQ(seen.epoch, epoch);
      EXPECT_EQ(seen.step, 3 * (epoch - 1) + step);
      EXPECT_EQ(seen.count, step < 3 ? 2 : 1);
      EXPECT_TRUE(seen.count == 2 || seen.x[1] == seen.x[0]) << "the batch is filled up";
      taken.insert(taken.end(), seen.x.begin(), seen.x.begin() + seen.count);
    }
    std::ranges::sort(taken);
    EXPECT_EQ(taken, (std::vector<float>{1, 2, 3, 4, 5})) << "epoch " << epoch;
  }
}

TEST_F(Train, GivesTheMeanOverExamplesNotOverSteps) {
  const TrainResult result = training.train();
  ASSERT_EQ(result.train.size(), 1u);
  EXPECT_NEAR(result.train[0].second, 3, 1e-6);  // of 1 to 5, though the last step has one of them
  EXPECT_EQ(result.validation, (Numbers{{"loss", 1.0}}));
  EXPECT_GT(result.seconds_per_epoch.value_or(0), 0);
}

TEST_F(Train, HasAnOrderOfItsOwnInEachEpochAndForEachSeed) {
  const auto order = [&](uint64_t seed) {
    training.options.seed = seed;
    fake.seen.clear();
    training.train();
    std::vector<float> all;
    for (const test::SeenStep& seen : fake.seen) all.insert(all.end(), seen.x.begin(), seen.x.begin() + seen.count);
    return all;
  };
  const std::vector<float> first = order(1);
  EXPECT_FALSE(std::equal(first.begin(), first.begin() + 5, first.begin() + 5));
  EXPECT_EQ(order(1), first);
  EXPECT_NE(order(2), first);
}

TEST_F(Train, OfNoEpochsLeavesTheWeightsAsTheyAre) {
  training.options.epochs = 0;
  const TrainResult result = training.train();
  EXPECT_EQ(result.epochs, 0);
  EXPECT_EQ(steps_stored(), 0);
  EXPECT_TRUE(result.train.empty());
}

TEST_F(Train, WithFewerExamplesThanABatchTakesOneStepAnEpoch) {
  training.data.train = {4};
  EXPECT_EQ(training.train().train, (Numbers{{"loss", 5.0}}));
  EXPECT_EQ(steps_stored(), 4);
}

TEST_F(Train, StopsWhereNothingHasGotBetterForAsLongAsItWaits) {
  training.manifest.run.stop = rule(LoopRuleKind::Early, 2);
  training.options.epochs = 100;
  fake.validation = {5, 3, 4, 3, 2};  // the third and the fourth epoch are no better than the second
  const TrainResult result = training.train();
  EXPECT_EQ(result.epochs, 4);
  EXPECT_EQ(result.validation, (Numbers{{"loss", 3.0}}));
  EXPECT_EQ(steps_stored(), 12) << "without `keep` the weights are those of the last epoch";
}

TEST_F(Train, NeverStopsOnANumberThatIsNone) {
  training.manifest.run.stop = rule(LoopRuleKind::Early, 2);
  fake.validation = {std::nanf("")};
  EXPECT_EQ(training.train().epochs, 3) << "NaN is no better than anything, and the first epoch has nothing before it";
}

TEST_F(Train, KeepsTheWeightsAndTheNumbersOfTheBestEpoch) {
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  fake.validation = {5, 2, 2, 4};
  const TrainResult result = training.train();
  EXPECT_EQ(result.epochs, 4);
  EXPECT_EQ(steps_stored(), 6) << "of two that are as good it is the first";
  EXPECT_EQ(result.validation, (Numbers{{"loss", 2.0}}));
  EXPECT_NEAR(result.train[0].second, 3, 1e-6);
}

TEST_F(Train, TakesANumberForBetterThanNone) {
  for (const Goal goal : {Goal::Smallest, Goal::Largest}) {
    training.manifest.run.keep = training.manifest.run.stop = rule(LoopRuleKind::Best, 3);
    training.manifest.run.keep->goal = goal;
    fake.validation = {std::nanf(""), std::nanf(""), 2, std::nanf("")};
    EXPECT_EQ(training.train().validation, (Numbers{{"loss", 2.0}}));
    EXPECT_EQ(steps_stored(), 9);
  }
}

TEST_F(Train, WithoutAnyNumberKeepsTheLastWeights) {
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  fake.validation = {std::nanf("")};
  training.train();
  EXPECT_EQ(steps_stored(), 12);
}

TEST_F(Train, KeepsTheLargestIfThatIsTheGoal) {
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  training.manifest.run.keep->goal = Goal::Largest;
  fake.validation = {1, 4, 2, 3};
  training.train();
  EXPECT_EQ(steps_stored(), 6);
}

TEST_F(Train, AnnealsTheRateAndWaitsAnew) {
  training.manifest.run.anneal = rule(LoopRuleKind::Plateau, 2, 0.1);
  training.options.epochs = 6;
  fake.validation = {1};
  training.train();
  std::vector<float> scales;
  for (size_t step = 0; step < fake.seen.size(); step += 3) scales.push_back(fake.seen[step].rate_scale);
  EXPECT_EQ(scales, (std::vector<float>{1, 1, 1, 0.1f, 0.1f, 0.01f}));
}

TEST_F(Train, RefusesToWatchWhatThereIsNot) {
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  training.data.validation.clear();
  try {
    training.train();
    FAIL() << "there is no validation part";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_wrong);
    EXPECT_STREQ(failure.what(), "best(on: validation.loss): training gives no such number");
  }
}

/// What is judged after a resume is judged as after the last step, wherever training was left.
TEST_F(Train, GoesOnInTheEpochOfItsLastStep) {
  Machine machine(training.program, training.manifest);
  Report report(training.options);
  Trainer trainer(machine, training.data, training.options, report);
  std::vector<TrainState> states;
  do {
    trainer.step();
    states.push_back(trainer.state());
  } while (!trainer.ended());
  ASSERT_EQ(states.size(), 12u);
  for (size_t step = 0; step < states.size(); ++step) {
    Trainer resumed(machine, training.data, training.options, report);
    resumed.restore(states[step]);
    EXPECT_EQ(resumed.settings().epoch, static_cast<int64_t>(step / 3 + 1));
  }
}

/// A step may store what is not finite although its gradients are.
TEST_F(Train, StopsAtTheEpochThatHasStoredWhatIsNotFinite) {
  const auto message = [&](int overflow_at, int nan_at) -> std::string {
    fake.overflow_at = overflow_at, fake.nan_at = nan_at;
    try {
      training.train();
    } catch (const Failure& failure) {
      const std::string said = failure.what();
      return said.substr(0, said.find('\n'));
    }
    return "";
  };
  const std::string why = "has numbers that are not finite: a step was too large";
  EXPECT_EQ(message(4, -1), "net.dnn: training stopped after epoch 2: w (net.dnn:3:5) " + why);
  EXPECT_EQ(message(6, -1), "net.dnn: training stopped after epoch 2: w (net.dnn:3:5) " + why);
  EXPECT_EQ(message(4, 5), "net.dnn: training stopped at epoch 2, step 1 of 3: w (net.dnn:3:5) " + why);
  training.manifest.tensors[0].role = InputRole::OptimizerState;
  EXPECT_EQ(message(6, -1),
            "net.dnn: training stopped after epoch 2: what the optimizer keeps, w (net.dnn:3:5), " + why);
}

TEST_F(Train, StopsBeforeItStoresWhatIsNotFinite) {
  fake.nan_at = 5;
  try {
    training.train();
    FAIL() << "a gradient is NaN";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_not_met);
    EXPECT_TRUE(std::string(failure.what())
                    .starts_with("net.dnn: training stopped at epoch 2, step 2 of 3: the gradient of w (net.dnn:3:5) "
                                 "is not finite; the weights are those before this step\n"))
        << failure.what();
  }
  EXPECT_EQ(steps_stored(), 4);
}

TEST_F(Train, GivesTheBestWeightsWhereItFails) {
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  fake.nan_at = 8;
  EXPECT_THROW(training.train(), Failure);
  EXPECT_EQ(steps_stored(), 3);
  fake.nan_at = -1;
  fake.meanwhile = [](int step) {
    if (step == 8) throw std::bad_alloc();
  };
  EXPECT_THROW(training.train(), std::bad_alloc);
  EXPECT_EQ(steps_stored(), 3);
}

TEST_F(Train, EndsAfterTheStepInWhichItIsInterrupted) {
  for (const auto& [signal, name] : ending_signals) {
    const Caught caught;
    fake.meanwhile = [&](int step) {
      if (step == 5) std::raise(signal);
    };
    const TrainResult result = training.train();
    EXPECT_FALSE(result.ended);
    EXPECT_EQ(interrupted(), signal);
    EXPECT_EQ(steps_stored(), 5) << "the step is whole";
    EXPECT_EQ(result.epochs, 1) << "whole ones";
  }
}

TEST_F(Train, InterruptedBeforeAValidationHasTheStepsOfTheEpochAndNoNumbers) {
  const Caught caught;
  fake.meanwhile = [](int step) {
    if (step == 3) std::raise(SIGTERM);
  };
  const TrainResult result = training.train();
  EXPECT_FALSE(result.ended);
  EXPECT_EQ(steps_stored(), 3);
  EXPECT_EQ(result.epochs, 0);
  EXPECT_TRUE(result.train.empty() && result.validation.empty());
}

TEST_F(Train, InterruptedGivesTheBestEpochSoFar) {
  const Caught caught;
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  fake.meanwhile = [](int step) {
    if (step == 8) std::raise(SIGINT);
  };
  training.train();
  EXPECT_EQ(steps_stored(), 3);
}

TEST(InterruptGuard, LeavesSignalsAsTheyWere) {
  const auto before = std::signal(SIGTERM, SIG_DFL);
  {
    const Caught caught;
  }
  EXPECT_EQ(std::signal(SIGTERM, before), SIG_DFL);
}

TEST(InterruptGuard, LeavesIgnoredSignalsIgnored) {
  const auto before = std::signal(SIGINT, SIG_IGN);
  {
    const InterruptGuard guard;
    std::raise(SIGINT);
    EXPECT_EQ(interrupted(), 0);
  }
  EXPECT_EQ(std::signal(SIGINT, before), SIG_IGN);
}

/// How training ends whose kernel gets no memory.
std::string failure_of(test::FakeTraining& training) {
  try {
    training.train();
  } catch (const HalfStored& failure) {
    return std::string("half stored: ") + failure.what();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "none";
}

TEST_F(Train, WithoutMemoryForAKernelLeavesTheWeightsOfTheStepBefore) {
  fake.fault = kernel_out_of_memory;
  fake.fault_at = 5;
  EXPECT_EQ(failure_of(training), "not enough memory to compute `h` (net.dnn:4:7) in entry train");
  EXPECT_EQ(steps_stored(), 4);
}

TEST_F(Train, WithoutMemoryForAKernelThatStoresHasMixedWeightsButForTheBest) {
  fake.fault = kernel_out_of_memory;
  fake.fault_at = 5;
  fake.fault_in_update = true;
  EXPECT_EQ(failure_of(training), "half stored: not enough memory to compute `new w` (net.dnn:3:5) in entry train");
  training.manifest.run.keep = rule(LoopRuleKind::Best);
  EXPECT_EQ(failure_of(training), "not enough memory to compute `new w` (net.dnn:3:5) in entry train");
  EXPECT_EQ(steps_stored(), 3);
}

}  // namespace
}  // namespace dnnc::runtime
