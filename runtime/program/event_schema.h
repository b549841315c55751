#pragma once
#include "runtime/program/roles.h"

namespace dnnc::runtime {

/// The field `schema` of every JSON line that dnnc and trainers print. Raised when a field gets another name or meaning or is
/// left out; new fields may come at any time.
inline constexpr int event_schema = 1;
inline constexpr const char *event_key = "event", *schema_key = "schema";

/// What the field `event` says.
enum class Event : uint8_t { Record, Difference, Epoch, Step, Predict, Expect, Bench, Info, Source, Message };
template <>
inline constexpr std::array words<Event> = {Word{Event::Record, "record"},   Word{Event::Difference, "difference"},
                                            Word{Event::Epoch, "epoch"},     Word{Event::Step, "step"},
                                            Word{Event::Predict, "predict"}, Word{Event::Expect, "expect"},
                                            Word{Event::Bench, "bench"},     Word{Event::Info, "info"},
                                            Word{Event::Source, "source"},   Word{Event::Message, "message"}};

}  // namespace dnnc::runtime
