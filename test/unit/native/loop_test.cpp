#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>

#include "compiler/halide/compile.h"
#include "compiler/kernels/memory.h"
#include "compiler/native/native.h"
#include "test/unit/graph_text.h"
#include "test/unit/native/plan_manifest.h"

// Steps with loops, made by hand from plans of what one trip computes.
namespace dnnc {
namespace {

using runtime::Direction, runtime::Loop, runtime::Window;

/// What one trip of a recurrence computes: half of an earlier h, the trip's row of x, and the trip's number.
const char* const one_trip = R"(
%before[j: 16] = field "before"
%x[j: 16] = field "x"
%trip: class[64] = field "trip"
%half[j: 16] = %before[j] / 2
%h[j: 16] = %half[j] + %x[j] * %trip
output result "h" = %h
)";
constexpr int64_t width = 16, row = 64;  // floats and bytes of a piece

struct Recurrence {
  int64_t blocks = 1, trips = 5, lag = 1;
  Direction direction = Direction::Forward;
};

BufferId buffer_named(const Plan& plan, const std::string& name) {
  for (uint32_t number = 0; number < plan.buffers.size(); ++number)
    if (plan.buffers[BufferId{number}].name == name) return BufferId{number};
  ADD_FAILURE() << "no buffer " << name;
  return {};
}

/// h[b, t] of all blocks and trips, by `h[b, t] = h[b, t - lag] / 2 + x[b, t] * t` or with `t + lag` backward. Rows lie one
/// after the other; `before` has `lag` rows a block.
Plan plan_of(const Recurrence& recurrence) {
  const auto& [blocks, trips, lag, direction] = recurrence;
  Plan plan = dnnc::plan({{EntryKind::Train, 1, graph_of(one_trip), {}}}, {0, 0, false});
  Entry& entry = plan.entries[0];
  const BufferId before = buffer_named(plan, "before"), x = buffer_named(plan, "x"), trip = buffer_named(plan, "trip"),
                 h = entry.outputs[0].buffer;
  const auto grow = [&](BufferId buffer, int64_t rows) {
    plan.buffers[buffer].extents = {blocks, rows, width};
    plan.buffers[buffer].bytes = blocks * rows * row;
  };
  grow(before, lag), grow(x, trips), grow(h, trips);
  const std::vector<int64_t> strides = {trips * row, row};
  for (KernelCall& call : entry.calls)
    for (size_t k = 0; k < call.buffers.size(); ++k) {
      if (call.buffers[k] == x || call.buffers[k] == h) call.windows[k] = {row, strides};
      if (call.buffers[k] != before) continue;
      call.buffers[k] = h;
      call.windows[k] = {row, strides, Window::Lag{1, lag, before.value, {lag * row, row}}};
    }
  std::erase_if(entry.inputs, [&](const Entry::Port& port) { return port.buffer == trip; });
  Loop inner{trips, direction, trip.value, entry.step.compute};
  entry.step.compute = {{Loop{blocks, Direction::Forward, {}, {{std::move(inner)}}}}};
  place_buffers(plan);
  return plan;
}

/// A plan with its memory, full of NaNs, in which `before` and `x` hold numbers that halves and sums keep exactly.
class Running {
 public:
  Running(const Plan& plan, std::unique_ptr<LoadedProgram> program, bool check_memory)
      : plan_(plan),
        program_(std::move(program)),
        manifest_(test::plan_manifest(plan, check_memory)),
        machine_(program_->program(), manifest_, test::full_of_nan) {
    for (const char* name : {"before", "x"}) {
      const Buffer& buffer = buffer_of(name);
      std::vector<float> values(static_cast<size_t>(buffer.bytes / 4));
      for (size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(k % 13) - 4;
      machine_.put(buffer.offset, values);
    }
  }
  void compute() { machine_.compute(manifest_.entries[0]); }
  std::vector<float> values(const std::string& name) const {
    return machine_.get_floats(buffer_of(name).offset, buffer_of(name).bytes / 4);
  }

 private:
  const Buffer& buffer_of(const std::string& name) const { return plan_.buffers[buffer_named(plan_, name)]; }

  const Plan& plan_;
  std::unique_ptr<LoadedProgram> program_;
  runtime::Manifest manifest_;
  runtime::Machine machine_;
};

/// What is wrong with a step, or nothing.
std::string fault_of(const Plan& plan, std::unique_ptr<LoadedProgram> program, bool check_memory) {
  try {
    Running(plan, std::move(program), check_memory).compute();
  } catch (const std::logic_error& fault) {
    return fault.what();
  }
  return "";
}

std::vector<float> expected(const Recurrence& recurrence, const std::vector<float>& before,
                            const std::vector<float>& x) {
  const auto& [blocks, trips, lag, direction] = recurrence;
  const bool forward = direction == Direction::Forward;
  std::vector<float> h(static_cast<size_t>(blocks * trips * width));
  for (int64_t b = 0; b < blocks; ++b)
    for (int64_t made = 0; made < trips; ++made)
      for (int64_t j = 0; j < width; ++j) {
        const int64_t t = forward ? made : trips - 1 - made;
        const int64_t earlier = forward ? t - lag : t + lag;
        const float last = made >= lag
                               ? h[static_cast<size_t>((b * trips + earlier) * width + j)]
                               : before[static_cast<size_t>((b * lag + (forward ? t : t + lag - trips)) * width + j)];
        const auto here = static_cast<size_t>((b * trips + t) * width + j);
        h[here] = last / 2 + x[here] * static_cast<float>(t);
      }
  return h;
}

/// All plans of recurrences have the same kernels: those of one trip.
std::unique_ptr<LoadedProgram> loaded(const Plan& plan) {
  static const auto kernels = compile_kernels(plan, *cpu_backend(host_target()), {}, 1);
  return load_program(plan, kernels, "{}");
}

std::vector<Recurrence> recurrences() {
  std::vector<Recurrence> all;
  for (const int64_t blocks : {1, 3})
    for (const int64_t trips : {1, 2, 7})
      for (const int64_t lag : {1, 2, 3})
        for (const Direction direction : {Direction::Forward, Direction::Backward})
          all.push_back({blocks, trips, lag, direction});
  return all;
}

TEST(LoopInAStep, ComputesARecurrenceInEachDirectionWithEachLag) {
  for (const Recurrence& recurrence : recurrences()) {
    const Plan plan = plan_of(recurrence);
    ASSERT_EQ(verify(plan), std::vector<std::string>()) << print(plan);
    Running running(plan, loaded(plan), false);
    const std::vector<float> right = expected(recurrence, running.values("before"), running.values("x"));
    running.compute();
    EXPECT_EQ(running.values("h"), right) << print(plan);
  }
}

TEST(LoopInAStep, PassesTheMemoryCheckTripByTrip) {
  for (const Recurrence& recurrence : recurrences()) {
    const Plan plan = plan_of(recurrence);
    EXPECT_EQ(fault_of(plan, loaded(plan), true), "") << print(plan);
  }
}

TEST(LoopInAStep, GivesWhatATripAloneUsesTheSameMemoryInEach) {
  const Plan plan = plan_of({.trips = 7});
  const auto lifetimes = lifetimes_of(plan, plan.entries[0], {});
  const auto life = [&](const char* name) { return lifetimes.at(buffer_named(plan, name)); };
  ASSERT_EQ(plan.entries[0].calls.size(), 2u);
  EXPECT_EQ(life("half").first, 0);
  EXPECT_EQ(life("half").last, 1);
  EXPECT_EQ(life("before").last, 1) << "each trip may read it";
  EXPECT_EQ(life("x").last, 1);
  EXPECT_EQ(life("trip").first, 0);
}

/// A trip that hands a number over: c = a + 1, d = 2 * c, where the next trip reads d.
TEST(LoopInAStep, KeepsWhatTheNextTripReadsThroughTheWholeLoop) {
  Plan plan = dnnc::plan({{EntryKind::Train,
                           1,
                           graph_of(R"(
%a[j: 16] = field "a"
%c[j: 16] = %a[j] + 1
%d[j: 16] = 2 * %c[j]
%e[j: 16] = %d[j] + 3
output result "e" = %e
)"),
                           {}}},
                         {0, 0, false});
  Entry& entry = plan.entries[0];
  ASSERT_EQ(entry.calls.size(), 3u);
  entry.calls[1].buffers[1] = entry.calls[0].buffers[0];  // d over a, which the next trip reads
  entry.calls[2].buffers[0] = entry.calls[0].buffers[0];
  entry.step.compute = {{Loop{4, Direction::Forward, {}, entry.step.compute}}};
  place_buffers(plan);
  EXPECT_EQ(verify(plan), std::vector<std::string>());
  const auto lifetimes = lifetimes_of(plan, entry, {});
  EXPECT_EQ(lifetimes.at(entry.calls[0].buffers[0]).last, 2);
  // Where the second kernel's result lies over it, the next trip reads something else.
  plan.buffers[entry.calls[2].buffers[1]].offset = plan.buffers[entry.calls[0].buffers[0]].offset;
  EXPECT_NE(verify(plan), std::vector<std::string>());
}

// ---- what verify sees

std::string first_fault(const std::function<void(Plan&)>& change) {
  Plan plan = plan_of({.blocks = 2, .trips = 5, .lag = 2});
  change(plan);
  const std::vector<std::string> faults = verify(plan);
  return faults.empty() ? "" : faults.front();
}
Loop& inner_loop(Plan& plan) { return std::get<Loop>(std::get<Loop>(plan.entries[0].step.compute[0].is).body[0].is); }
Window& window_of(Plan& plan, size_t call, const std::string& buffer) {
  KernelCall& made = plan.entries[0].calls[call];
  for (auto& [argument, window] : made.windows)
    if (plan.buffers[made.buffers[argument]].name == buffer) return window;
  throw std::logic_error("no window onto " + buffer);
}

TEST(VerifyLoop, FindsNothingInARightStep) {
  EXPECT_EQ(first_fault([](Plan&) {}), "");
}

TEST(VerifyLoop, SeesATripThatReadsWhatALaterOneWrites) {
  EXPECT_EQ(first_fault([](Plan& plan) { window_of(plan, 0, "h").lag.reset(); }),
            "train: half reads b4 (h) before it is written or after it is lost in trip 0, 0");
  const auto other_way = [](Plan& plan) { inner_loop(plan).direction = Direction::Backward; };
  EXPECT_EQ(first_fault(other_way), "") << "the recurrence that runs the other way";
}

TEST(VerifyLoop, SeesAPieceThatIsNeverWritten) {
  const auto too_few = [](Plan& plan) { inner_loop(plan).extent = 4; };
  EXPECT_EQ(first_fault(too_few), "train: output h reads b4 (h) before it is written or after it is lost");
}

TEST(VerifyLoop, SeesAPieceBehindTheBuffer) {
  const auto too_many = [](Plan& plan) { inner_loop(plan).extent = 6; };
  EXPECT_EQ(first_fault(too_many), "train: h sees memory outside of b1 (x) in trip 1, 5");
}

TEST(VerifyLoop, SeesTheNumberOfATripThatIsLost) {
  const auto over_trip = [](Plan& plan) {
    plan.buffers[buffer_named(plan, "half")].offset = plan.buffers[buffer_named(plan, "trip")].offset;
  };
  EXPECT_EQ(first_fault(over_trip), "train: h reads b2 (trip) before it is written or after it is lost in trip 0, 0");
}

TEST(VerifyLoop, SeesWhatDoesNotFitTheLoops) {
  const std::string does_not_fit = "train: half: the window of argument 0 does not fit its loops";
  EXPECT_EQ(first_fault([](Plan& plan) { window_of(plan, 0, "h").strides = {64}; }), does_not_fit);
  EXPECT_EQ(first_fault([](Plan& plan) { window_of(plan, 0, "h").strides = {320, 32}; }), does_not_fit);
  EXPECT_EQ(first_fault([](Plan& plan) { window_of(plan, 0, "h").lag->loop = 2; }), does_not_fit);
  EXPECT_EQ(first_fault([](Plan& plan) { window_of(plan, 0, "h").lag->before = 99; }), does_not_fit);
  EXPECT_EQ(first_fault([](Plan& plan) { inner_loop(plan).extent = 0; }), "train: a loop does nothing");
  EXPECT_EQ(first_fault([](Plan& plan) { inner_loop(plan).trip = buffer_named(plan, "x").value; }),
            "train: the number of a trip is not one Int32");
  EXPECT_EQ(first_fault([](Plan& plan) { inner_loop(plan).body.pop_back(); }), "train: a call is not in the step");
  EXPECT_EQ(first_fault([](Plan& plan) { std::swap(inner_loop(plan).body[0], inner_loop(plan).body[1]); }),
            "train: call 1 is not in its place");
  EXPECT_EQ(first_fault([](Plan& plan) { window_of(plan, 1, "x").bytes = 60; }), "train: h: extents of b1 (x)");
}

TEST(VerifyLoop, SeesThreadsThatMeet) {
  const auto by_threads = [](Plan& plan) {
    std::get<Loop>(plan.entries[0].step.compute[0].is).direction = Direction::Any;
  };
  EXPECT_EQ(first_fault(by_threads), "train: half: the number of a trip is stored by several threads");
  EXPECT_EQ(first_fault([&](Plan& plan) {
              by_threads(plan);
              inner_loop(plan).trip.reset();
            }),
            "train: half: writes where another trip of its loop does");
  EXPECT_EQ(first_fault([&](Plan& plan) {
              by_threads(plan);
              window_of(plan, 0, "h").lag->loop = 0;
            }),
            "train: half: the window of argument 0 does not fit its loops");
}

TEST(PrintLoop, ShowsLoopsAndWindows) {
  const std::string text = print(plan_of({.blocks = 2, .trips = 5, .lag = 2, .direction = Direction::Backward}));
  EXPECT_NE(text.find("  forward over 2 trips:\n    backward over 5 trips, the trip in b2:\n      pointwise "),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("(b4[64 bytes, 320 and 64 a trip, 2 behind, first b0]) -> b3  # half\n"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace dnnc

// ---- what the memory check sees: kernels by hand, one of which does something wrong in one trip

namespace {
enum class Wrong { Nothing, WritesFurther, ReadsNextRow, Fails } wrong = Wrong::Nothing;
/// The beginning of a halide_buffer_t, whose layout c_types.cpp holds to its header.
struct BufferHead {
  uint64_t device;
  const void* device_interface;
  void* host;
};
void* host_of(void* buffer) { return static_cast<BufferHead*>(buffer)->host; }
float* floats_of(void* buffer) { return static_cast<float*>(host_of(buffer)); }
}  // namespace

extern "C" {
int dnnc_test_half(void* before, void* half) {
  for (int j = 0; j < 16; ++j) floats_of(half)[j] = floats_of(before)[j] / 2;
  return 0;
}
int dnnc_test_last(void* half, void* x, void* trip, void* h) {
  const int number = *static_cast<const int*>(host_of(trip));
  for (int j = 0; j < 16; ++j) floats_of(h)[j] = floats_of(half)[j] + floats_of(x)[j] * static_cast<float>(number);
  if (number != 3) return 0;
  if (wrong == Wrong::WritesFurther) floats_of(h)[16] = 0;
  if (wrong == Wrong::ReadsNextRow) floats_of(h)[5] += floats_of(x)[16];
  return wrong == Wrong::Fails ? -3 : 0;
}
}

namespace dnnc {
namespace {

/// Of a plan whose two kernels are those above.
Plan by_hand(const Recurrence& recurrence) {
  Plan plan = plan_of(recurrence);
  plan.kernels[plan.entries[0].calls[0].kernel].symbol = "dnnc_test_half";
  plan.kernels[plan.entries[0].calls[1].kernel].symbol = "dnnc_test_last";
  return plan;
}

std::string checked_with(Wrong what) {
  const Plan plan = by_hand({.blocks = 2, .trips = 5});
  wrong = what;
  const std::string said = fault_of(plan, load_program(plan, {}, "{}"), true);
  wrong = Wrong::Nothing;
  return said;
}

TEST(MemoryCheckOfLoops, NamesTheTripInWhichAKernelIsWrong) {
  EXPECT_EQ(checked_with(Wrong::Nothing), "");
  EXPECT_EQ(checked_with(Wrong::WritesFurther),
            "memory check: entry train: `h`, call 1 in trip 0, 3, changes `h`, which it may not write");
  EXPECT_EQ(checked_with(Wrong::ReadsNextRow),
            "memory check: entry train: `h`, call 1 in trip 0, 3, leaves element 53 of `h` unwritten, or computes it "
            "from what is none of its inputs");
  EXPECT_EQ(checked_with(Wrong::Fails), "memory check: entry train: `h`, call 1 in trip 0, 3, fails with code -3");
}

TEST(MemoryCheckOfLoops, FindsSlotsThatOverlapInATrip) {
  Plan plan = by_hand({.trips = 5});
  plan.buffers[buffer_named(plan, "half")].offset = plan.buffers[buffer_named(plan, "x")].offset + 4 * row;
  EXPECT_EQ(
      fault_of(plan, load_program(plan, {}, "{}"), true),
      "memory check: entry train: `half`, call 0 in trip 0, 0, needs memory for `half` where `x` is still in use");
}

TEST(LoopInAStep, EndsWithTheFirstFault) {
  const Plan plan = by_hand({.trips = 5});
  Running running(plan, load_program(plan, {}, "{}"), false);
  wrong = Wrong::Fails;
  EXPECT_THROW(running.compute(), std::logic_error);
  wrong = Wrong::Nothing;
  const std::vector<float> h = running.values("h");
  EXPECT_EQ(h[3 * width], running.values("half")[0] + 3 * running.values("x")[3 * width]);
  EXPECT_TRUE(std::isnan(h[4 * width])) << "no trip is made behind it";
  wrong = Wrong::Fails;
  EXPECT_EQ(fault_of(plan, load_program(plan, {}, "{}"), false),
            "entry train: kernel dnnc_test_last, which computes `h` (no place), failed with code -3");
  wrong = Wrong::Nothing;
}

}  // namespace
}  // namespace dnnc
