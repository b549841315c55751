#pragma once
#include "runtime/program/words.h"

namespace dnnc::runtime {

/// The form of `record.json`. Raised when a member gets another name or meaning or is left out.
inline constexpr int record_form = 1;

/// What the files of a record are called.
namespace record_files {
inline constexpr const char *record = "record.json", *history = "history.jsonl", *results = "results.jsonl",
                            *answers = "answers.jsonl", *best = "best.safetensors", *last = "last.safetensors";
/// What `dnnc bench` adds.
inline constexpr const char* bench = "bench.jsonl";
inline constexpr std::array all = {record, history, results, answers, best, last, bench};
}  // namespace record_files

/// What the members of `record.json`, and of objects in it, are called (compiler/docs/records.md).
namespace record_members {
#define DNNC_RECORD_MEMBER(name) inline constexpr const char* name = #name;
#include "runtime/run/record_members.def"
#undef DNNC_RECORD_MEMBER
}  // namespace record_members

/// How far a recorded training is.
enum class RecordState : uint8_t { Running, Done, Interrupted, Failed };
template <>
inline constexpr std::array words<RecordState> = {
    Word{RecordState::Running, "running"}, Word{RecordState::Done, "done"},
    Word{RecordState::Interrupted, "interrupted"}, Word{RecordState::Failed, "failed"}};

}  // namespace dnnc::runtime
