#include "runtime/program/step.h"

#include <gtest/gtest.h>

#include <string>

namespace dnnc::runtime {
namespace {

/// Call 0, then two blocks of three trips backward of call 1, each followed by call 2; call 3 stores.
Step nested() {
  const Loop inner{3, Direction::Backward, {}, {{size_t{1}}}};
  const Loop outer{2, Direction::Forward, {}, {{inner}, {size_t{2}}}};
  return {{{size_t{0}}, {outer}}, {{size_t{3}}}};
}

std::string text_of(size_t call, const Nest& nest) {
  std::string text = std::to_string(call);
  for (const int64_t trip : nest.trips) text += "." + std::to_string(trip);
  return text + " ";
}

TEST(StepOfCalls, IsMadeTripByTrip) {
  std::string made;
  for_each_trip(nested(), [&](size_t call, const Nest& nest) { made += text_of(call, nest); });
  EXPECT_EQ(made, "0 1.0.2 1.0.1 1.0.0 2.0 1.1.2 1.1.1 1.1.0 2.1 3 ");
}

TEST(StepOfCalls, HasEachCallOnceWithTheLoopsAroundIt) {
  std::string calls;
  for_each_call(nested(), [&](size_t call, const Nest& nest) {
    calls += std::to_string(call) + ":" + std::to_string(trips_of(nest.loops)) + " ";
    EXPECT_TRUE(nest.trips.empty());
  });
  EXPECT_EQ(calls, "0:1 1:6 2:2 3:1 ");
}

TEST(StepOfCalls, IsStraightWhereNothingLoops) {
  std::string made;
  for_each_trip(straight_step(4, 3).compute, [&](size_t call, const Nest& nest) { made += text_of(call, nest); });
  EXPECT_EQ(made, "0 1 2 ");
  EXPECT_EQ(straight_step(4, 3).update.size(), 1u);
}

TEST(StepOfCalls, HasThoseOfIdleTripsBehindThoseOfTheBody) {
  Loop loop{2, Direction::Forward, {}, {{size_t{0}}, {size_t{1}}}};
  loop.at_work = 5;
  loop.strides_at_work = {8};
  loop.idle = {{size_t{2}}};
  const Step step{{{loop}, {size_t{3}}}, {}};
  std::string made, calls;
  for_each_trip(step, [&](size_t call, const Nest& nest) { made += (nest.idle ? "idle " : "") + text_of(call, nest); });
  EXPECT_EQ(made, "0.0 1.0 idle 2.0 0.1 1.1 idle 2.1 3 ");
  for_each_call(step,
                [&](size_t call, const Nest& nest) { calls += (nest.idle ? "idle " : "") + text_of(call, nest); });
  EXPECT_EQ(calls, "0 1 idle 2 3 ");
  EXPECT_EQ(piece_at_work(loop, std::vector<int64_t>{3}), (Piece{5, 24, 4}));
}

TEST(WindowOfALoop, MovesWithTheTripsAndShowsWhatStandsBeforeTheFirst) {
  const Loop blocks{2, Direction::Forward, {}, {}};
  Loop time{5, Direction::Forward, {}, {}};
  const auto piece = [&](const Window& window, int64_t block, int64_t trip) {
    return piece_of(7, window, {{&blocks, &time}, {block, trip}});
  };
  Window window{48, {320, 64}};
  EXPECT_EQ(piece(window, 1, 2), (Piece{7, 448, 48}));
  window.lag = Window::Lag{1, 2, 9, {128, 64}};
  EXPECT_EQ(piece(window, 1, 2), (Piece{7, 320, 48}));
  EXPECT_EQ(piece(window, 1, 1), (Piece{9, 192, 48}));
  EXPECT_EQ(piece(window, 0, 0), (Piece{9, 0, 48}));
  time.direction = Direction::Backward;
  EXPECT_EQ(piece(window, 0, 2), (Piece{7, 256, 48})) << "the trip two before it is 4";
  EXPECT_EQ(piece(window, 0, 3), (Piece{9, 0, 48})) << "which stands for 5";
  EXPECT_EQ(piece(window, 1, 4), (Piece{9, 192, 48})) << "which stands for 6";
  window.lag->loop = 0;
  EXPECT_EQ(piece(window, 1, 0).buffer, 9u) << "one block lies before it, not two";
}

}  // namespace
}  // namespace dnnc::runtime
