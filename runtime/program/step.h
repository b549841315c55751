#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/program/words.h"

/// In which order the calls of an entry are made: one after the other, and some of them again and again, as a recurrence
/// needs it. Compiler and runtime read the same structure; buffers and calls are known by their numbers. Nothing here needs
/// the runtime's library, which the compiler's folders are not linked with.
namespace dnnc::runtime {

enum class Direction : uint8_t {
  Forward,   ///< trips 0, 1, ... extent - 1
  Backward,  ///< trips extent - 1, ... 1, 0: an adjoint runs so
  Any,       ///< threads share the trips out: none reads what another has written
};
template <>
inline constexpr std::array words<Direction> = {Word{Direction::Forward, "forward"},
                                                Word{Direction::Backward, "backward"}, Word{Direction::Any, "at once"}};

struct StepPart;
/// Parts that are run once for each place of an axis: a trip.
struct Loop {
  int64_t extent = 0;  ///< trips, at least one
  Direction direction = Direction::Forward;
  /// A buffer of one Int32 that holds the number of the trip while the body runs, for kernels that find their place by it
  /// in place of a window that moves.
  std::optional<size_t> trip = {};
  std::vector<StepPart> body = {};
  /// A buffer with a Float32 for each trip of this loop and those around it, `strides_at_work` bytes from one to the next: 0 where
  /// the trip is idle.
  std::optional<size_t> at_work = {};
  std::vector<int64_t> strides_at_work = {};
  std::vector<StepPart> idle = {};  ///< calls that an idle trip makes in place of its body
  bool operator==(const Loop&) const;
};
/// A call by its number in the entry, or a loop.
struct StepPart {
  std::variant<size_t, Loop> is;
  bool operator==(const StepPart&) const = default;
};
inline bool Loop::operator==(const Loop&) const = default;

/// Every call of the entry stands in one place of it, and numbers rise from place to place.
struct Step {
  std::vector<StepPart> compute;
  std::vector<StepPart> update;  ///< stores new parameters and states; nothing that is kept is changed before
  bool operator==(const Step&) const = default;
};

/// What of a buffer a call within loops sees, if that is not always all of it. In bytes.
struct Window {
  int64_t bytes = 0;
  /// For each loop around the call, outermost first: from the piece of one trip to that of the trip with the next number.
  /// Multiples of the alignment of memory.
  std::vector<int64_t> strides = {};
  /// Sees what belongs to an earlier trip of a loop: what stands before the first is in a buffer of its own.
  struct Lag {
    size_t loop = 0;    ///< 0: the outermost
    int64_t trips = 1;  ///< between that trip and this one, in the order in which they run
    size_t before = 0;  ///< the buffer for the first of them: `trips` pieces, that with the lowest number first
    std::vector<int64_t> strides = {};  ///< as above, in that buffer
    /// From the number of such a trip to that of its piece: in a backward loop the first trip has the highest number.
    int64_t shift(const Loop& around) const {
      return around.direction == Direction::Backward ? trips - around.extent : 0;
    }
    bool operator==(const Lag&) const = default;
  };
  std::optional<Lag> lag = {};
  bool operator==(const Window&) const = default;
};

/// A buffer that a call reads or writes; without a window, all of it.
struct Argument {
  size_t buffer = 0;
  std::optional<Window> window = {};
  bool operator==(const Argument&) const = default;
};

/// Bytes of a buffer, from `offset` behind its start.
struct Piece {
  size_t buffer = 0;
  int64_t offset = 0, bytes = 0;
  bool operator==(const Piece&) const = default;
};
/// The loops around a call, outermost first, and the number of the trip in which each is.
struct Nest {
  std::vector<const Loop*> loops = {};
  std::vector<int64_t> trips = {};  ///< empty where calls are visited once and not trip by trip
  bool idle = false;                ///< the call is one of those that the innermost loop makes in idle trips
};

/// How far strides lead in these trips.
inline int64_t offset_of(std::span<const int64_t> strides, std::span<const int64_t> trips) {
  int64_t offset = 0;
  for (size_t loop = 0; loop < strides.size(); ++loop) offset += strides[loop] * trips[loop];
  return offset;
}

/// What a window onto `buffer` shows in these trips of the loops around the call.
inline Piece piece_of(size_t buffer, const Window& window, const Nest& nest) {
  const int64_t here = offset_of(window.strides, nest.trips);
  if (!window.lag) return {buffer, here, window.bytes};
  const Window::Lag& lag = *window.lag;
  const Loop& loop = *nest.loops[lag.loop];
  const int64_t trip = nest.trips[lag.loop];
  const bool forward = loop.direction != Direction::Backward;
  const int64_t made = forward ? trip : loop.extent - 1 - trip;
  if (made >= lag.trips)
    return {buffer, here + (forward ? -lag.trips : lag.trips) * window.strides[lag.loop], window.bytes};
  return {lag.before, offset_of(lag.strides, nest.trips) + lag.shift(loop) * lag.strides[lag.loop], window.bytes};
}

/// The number that tells whether a trip is idle.
inline Piece piece_at_work(const Loop& loop, std::span<const int64_t> trips) {
  return {*loop.at_work, offset_of(loop.strides_at_work, trips), sizeof(float)};
}

namespace step_details {

template <class Visit>
void visit_calls(const std::vector<StepPart>& parts, bool each_trip, Nest& nest, const Visit& visit) {
  for (const StepPart& part : parts) {
    if (const size_t* call = std::get_if<size_t>(&part.is)) {
      visit(*call, std::as_const(nest));
      continue;
    }
    const Loop& loop = std::get<Loop>(part.is);
    const auto visit_bodies = [&] {
      visit_calls(loop.body, each_trip, nest, visit);
      nest.idle = true;
      visit_calls(loop.idle, each_trip, nest, visit);
      nest.idle = false;
    };
    nest.loops.push_back(&loop);
    if (!each_trip) visit_bodies();
    for (int64_t made = 0; each_trip && made < loop.extent; ++made) {
      nest.trips.push_back(loop.direction == Direction::Backward ? loop.extent - 1 - made : made);
      visit_bodies();
      nest.trips.pop_back();
    }
    nest.loops.pop_back();
  }
}

}  // namespace step_details

/// Calls visit(size_t call, const Nest&) for every call once, in the order of their numbers.
template <class Visit>
void for_each_call(const std::vector<StepPart>& parts, const Visit& visit) {
  Nest nest;
  step_details::visit_calls(parts, false, nest, visit);
}
template <class Visit>
void for_each_call(const Step& step, const Visit& visit) {
  for_each_call(step.compute, visit);
  for_each_call(step.update, visit);
}
/// The same for the calls as they are made, each in every trip of the loops around it: first those of the body, then those that
/// are made instead if the trip is idle.
template <class Visit>
void for_each_trip(const std::vector<StepPart>& parts, const Visit& visit) {
  Nest nest;
  step_details::visit_calls(parts, true, nest, visit);
}
template <class Visit>
void for_each_trip(const Step& step, const Visit& visit) {
  for_each_trip(step.compute, visit);
  for_each_trip(step.update, visit);
}

/// How often a step makes the calls within these loops.
inline int64_t trips_of(std::span<const Loop* const> loops) {
  int64_t trips = 1;
  for (const Loop* loop : loops) trips *= loop->extent;
  return trips;
}

/// Calls 0, 1, ... `calls` - 1, each once, those from `first_update` on as the update.
inline Step straight_step(size_t calls, size_t first_update) {
  Step step;
  for (size_t call = 0; call < calls; ++call) (call < first_update ? step.compute : step.update).push_back({call});
  return step;
}

}  // namespace dnnc::runtime
