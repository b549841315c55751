#pragma once
#include "runtime/program/roles.h"
#include "runtime/program/setting_names.h"

namespace dnnc::runtime {

/// The field `schema` of every JSON line that dnnc and trainers print. Raised when a field gets another name or meaning or is
/// left out; new fields may come at any time.
inline constexpr int event_schema = 1;
inline constexpr const char *event_key = "event", *schema_key = "schema";

/// Fields that events have beside loss and metrics.
namespace event_fields {
inline constexpr const char *run = "run", *seconds = "seconds", *step_seconds = "step_seconds", *file = "file",
                            *text = "text", *holds = "holds", *example = "example", *answer = "answer",
                            *validation = word_of(DataPart::Validation), *epoch = word_of(SettingName::Epoch),
                            *epochs = word_of(SettingName::Epochs), *step = word_of(SettingName::Step),
                            *rate_scale = word_of(SettingName::RateScale);
/// Of an epoch, a step or a part that was evaluated; all others are loss and metrics.
inline constexpr std::array beside_numbers = {event_key,  schema_key, run,    seconds, step_seconds,
                                              validation, epoch,      epochs, step,    rate_scale};
}  // namespace event_fields

/// What the field `event` says.
enum class Event : uint8_t { Record, Difference, Epoch, Step, Predict, Expect, Bench, Info, Source, Message };
template <>
inline constexpr std::array words<Event> = {Word{Event::Record, "record"},   Word{Event::Difference, "difference"},
                                            Word{Event::Epoch, "epoch"},     Word{Event::Step, "step"},
                                            Word{Event::Predict, "predict"}, Word{Event::Expect, "expect"},
                                            Word{Event::Bench, "bench"},     Word{Event::Info, "info"},
                                            Word{Event::Source, "source"},   Word{Event::Message, "message"}};

}  // namespace dnnc::runtime
