#include "runtime/program/memory_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "runtime/program/halide_runtime.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {
namespace {

/// Kernels are C functions that know the arena by themselves: the one that they were bound to.
char* bound = nullptr;
void bind(char* arena) { bound = arena; }
float* floats(int64_t offset) { return reinterpret_cast<float*>(bound + offset); }

/// w[3] outlives a step; x[3] is given, y = x + w, z = 2 * y, w = w + y.
enum : size_t { w, x, y, z };
constexpr int64_t at_w = 0, at_x = 128, at_y = 256, at_z = 384;
constexpr int64_t count = 3;

MemoryPlan plan() {
  MemoryPlan plan;
  plan.kept_bytes = 128;
  plan.buffers = {{"w", at_w, 12}, {"x", at_x, 12}, {"y", at_y, 12}, {"z", at_z, 12}};
  plan.entries = {{{w, x}, {z}, {{{{x}, {w}}, {{y}}}, {{{y}}, {{z}}}, {{{w}, {y}}, {{w}}}}}};
  return plan;
}

Manifest manifest_of(const MemoryPlan& plan) {
  EntryInfo train{.kind = EntryKind::Train,
                  .calls = {{.name = "sum"}, {.name = "twice"}, {.name = "new w"}},
                  .step = straight_step(3, 2)};
  return {.arena_bytes = 512, .entries = {train}, .memory = plan};
}

int32_t sum(const int64_t*) {
  for (int64_t i = 0; i < count; ++i) floats(at_y)[i] = floats(at_x)[i] + floats(at_w)[i];
  return 0;
}
int32_t twice(const int64_t*) {
  for (int64_t i = 0; i < count; ++i) floats(at_z)[i] = 2 * floats(at_y)[i];
  return 0;
}
int32_t new_w(const int64_t*) {
  for (int64_t i = 0; i < count; ++i) floats(at_w)[i] += floats(at_y)[i];
  return 0;
}

using Call = int32_t (*)(const int64_t*);

/// A program of these calls with its memory.
struct Checked {
  Checked(const MemoryPlan& plan, std::array<Call, 3> made)
      : calls(made), manifest(manifest_of(plan)), machine(program, manifest) {}
  void store_inputs() {
    machine.put(at_w, std::vector<float>{1, 1, 1});
    machine.put(at_x, std::vector<float>{0, 1, 2});
  }
  /// What the check says of a step; empty if it finds nothing wrong.
  std::string fault() {
    try {
      store_inputs();
      machine.compute(manifest.entries[0]);
      machine.update(manifest.entries[0]);
    } catch (const std::logic_error& fault) {
      return fault.what();
    }
    return "";
  }
  float at(int64_t offset, int64_t element) const { return machine.get_floats(offset + 4 * element, 1)[0]; }

  const std::array<Call, 3> calls;
  const dnnc_entry entry{nullptr, nullptr, calls.data(), calls.size()};
  const dnnc_program program{"", 0, &entry, 1, bind};
  const Manifest manifest;
  Machine machine;
};

std::string found(const MemoryPlan& plan, std::array<Call, 3> calls = {sum, twice, new_w}) {
  return Checked(plan, calls).fault();
}

TEST(MemoryCheck, LetsARightStepRun) {
  Checked checked(plan(), {sum, twice, new_w});
  EXPECT_EQ(checked.fault(), "");
  EXPECT_EQ(checked.at(at_w, 2), 4);
  EXPECT_EQ(checked.at(at_z, 2), 6);
}

TEST(MemoryCheck, LeavesNaNWhereNothingIsInUse) {
  Checked checked(plan(), {sum, twice, new_w});
  EXPECT_EQ(checked.fault(), "");
  EXPECT_TRUE(std::isnan(checked.at(at_x, 0))) << "x is read for the last time by the first call";
  EXPECT_TRUE(std::isnan(checked.at(at_y, 2)));
  EXPECT_TRUE(std::isnan(checked.at(at_z, 3))) << "behind z";
}

TEST(MemoryCheck, LeavesWhatGuardsLookAtUntilTheUpdates) {
  MemoryPlan guarded = plan();
  guarded.entries[0].guarded = {x, y};
  Checked checked(guarded, {sum, twice, new_w});
  checked.store_inputs();
  checked.machine.compute(checked.manifest.entries[0]);
  EXPECT_EQ(checked.at(at_x, 1), 1);
  checked.machine.update(checked.manifest.entries[0]);
  EXPECT_TRUE(std::isnan(checked.at(at_x, 1)));
}

TEST(MemoryCheck, FindsThatWhatGuardsLookAtIsOverwritten) {
  MemoryPlan guarded = plan();
  guarded.entries[0].guarded = {x};
  guarded.buffers[z].offset = at_x;
  EXPECT_EQ(found(guarded),
            "memory check: entry train: `twice`, call 1, needs memory for `z` where `x` is still in use");
}

TEST(MemoryCheck, FindsAnElementTooFar) {
  const auto further = [](const int64_t* trips) {
    sum(trips), floats(at_y)[count] = 0;
    return 0;
  };
  EXPECT_EQ(found(plan(), {further, twice, new_w}),
            "memory check: entry train: `sum`, call 0, changes the memory 0 bytes behind `y`, which it may not write");
}

TEST(MemoryCheck, FindsWhatIsWrittenInFrontOfTheArena) {
  const auto before = [](const int64_t* trips) {
    new_w(trips), floats(at_w)[-1] = 0;
    return 0;
  };
  EXPECT_EQ(
      found(plan(), {sum, twice, before}),
      "memory check: entry train: `new w`, call 2, changes the memory before every buffer, which it may not write");
}

TEST(MemoryCheck, FindsAChangedInput) {
  const auto changes_w = [](const int64_t* trips) {
    sum(trips), floats(at_w)[1] = 5;
    return 0;
  };
  EXPECT_EQ(found(plan(), {changes_w, twice, new_w}),
            "memory check: entry train: `sum`, call 0, changes `w`, which it may not write");
}

TEST(MemoryCheck, FindsThatANumberIsWrittenOverWhatItWas) {
  const auto same_w = [](const int64_t* trips) {
    twice(trips), floats(at_w)[1] = 1;
    return 0;
  };
  EXPECT_NE(found(plan(), {sum, same_w, new_w}), "");
}

TEST(MemoryCheck, FindsAnElementThatIsNotWritten) {
  const auto too_short = [](const int64_t*) {
    for (int64_t i = 0; i + 1 < count; ++i) floats(at_z)[i] = 2 * floats(at_y)[i];
    return 0;
  };
  EXPECT_EQ(found(plan(), {sum, too_short, new_w}),
            "memory check: entry train: `twice`, call 1, "
            "leaves element 2 of `z` unwritten, or computes it from what is none of its inputs");
}

TEST(MemoryCheck, FindsThatAnotherBufferIsRead) {
  const auto reads_w = [](const int64_t* trips) {
    twice(trips), floats(at_z)[0] += floats(at_w)[0];
    return 0;
  };
  EXPECT_EQ(found(plan(), {sum, reads_w, new_w}),
            "memory check: entry train: `twice`, call 1, "
            "leaves element 0 of `z` unwritten, or computes it from what is none of its inputs");
}

TEST(MemoryCheck, FindsThatTheElementBehindIsReadEvenIfNaNIsLost) {
  const auto further = [](const int64_t* trips) {
    twice(trips), floats(at_z)[2] = std::fmax(floats(at_z)[2], floats(at_y)[count]);
    return 0;
  };
  EXPECT_EQ(found(plan(), {sum, further, new_w}),
            "memory check: entry train: `twice`, call 1, "
            "leaves element 2 of `z` unwritten, or computes it from what is none of its inputs");
}

TEST(MemoryCheck, FindsSlotsThatOverlap) {
  MemoryPlan overlapping = plan();
  overlapping.buffers[z].offset = at_y + 8;
  EXPECT_EQ(found(overlapping),
            "memory check: entry train: `twice`, call 1, needs memory for `z` where `y` is still in use");
  overlapping = plan();
  overlapping.buffers[x].offset = at_w + 4;
  EXPECT_EQ(found(overlapping), "memory check: entry train: its start, needs memory for `w` where `x` is still in use");
}

TEST(MemoryCheck, AllowsASlotToBeUsedAgain) {
  MemoryPlan again = plan();
  again.buffers.push_back({"z", at_x, 12});
  again.entries[0].outputs = {4};
  again.entries[0].calls[1].outputs = {{4}};
  const auto twice_over_x = [](const int64_t*) {
    for (int64_t i = 0; i < count; ++i) floats(at_x)[i] = 2 * floats(at_y)[i];
    return 0;
  };
  EXPECT_EQ(found(again, {sum, twice_over_x, new_w}), "");
}

void* scratch() { return halide_malloc(nullptr, 12); }

TEST(MemoryCheck, FindsWhatIsWrittenBehindScratchMemory) {
  const auto further = [](const int64_t* trips) {
    auto* memory = static_cast<float*>(scratch());
    memory[count] = 1;
    halide_free(nullptr, memory);
    sum(trips);
    return 0;
  };
  EXPECT_EQ(found(plan(), {further, twice, new_w}),
            "memory check: entry train: `sum`, call 0, changes what lies behind its scratch memory");
}

TEST(MemoryCheck, FindsScratchMemoryThatIsReadBeforeItIsWritten) {
  const auto reads = [](const int64_t* trips) {
    auto* memory = static_cast<float*>(scratch());
    sum(trips);
    floats(at_y)[1] += memory[1];
    halide_free(nullptr, memory);
    return 0;
  };
  EXPECT_EQ(found(plan(), {reads, twice, new_w}),
            "memory check: entry train: `sum`, call 0, "
            "leaves element 1 of `y` unwritten, or computes it from what is none of its inputs");
}

}  // namespace
}  // namespace dnnc::runtime
