#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/run/record_files.h"

/// Records of trainings, as `--record` writes them (docs/records.md), for all that shows them.
namespace dnnc {

/// What a record holds. Members and fields are looked for by name; those that are not there are null.
struct TrainingRecord {
  std::string folder;
  nlohmann::json about = {};                 ///< record.json
  std::vector<nlohmann::json> epochs = {};   ///< events of history.jsonl, in order
  std::vector<nlohmann::json> steps = {};    ///< likewise
  std::vector<nlohmann::json> results = {};  ///< events of results.jsonl

  /// A member inside of members: at("settings", "seed").
  template <class... Names>
  const nlohmann::json& at(Names... names) const {
    return member({names...});
  }
  /// The text that is there; empty if there is none.
  template <class... Names>
  std::string text(Names... names) const {
    const nlohmann::json& found = member({names...});
    return found.is_string() ? found.get<std::string>() : "";
  }
  /// The event of the part whose answers are kept; null if there is none.
  const nlohmann::json* result() const;

 private:
  const nlohmann::json& member(std::initializer_list<const char*> names) const;
};

/// The record in that folder. A line that is being written does not count. Throws runtime::Failure.
TrainingRecord read_record(const std::string& folder);

/// The records in these folders, each a record or a folder of records, whose order is that of their names. Throws
/// runtime::Failure where there is none.
std::vector<TrainingRecord> read_records(const std::vector<std::string>& folders);

/// The events of answers.jsonl; none if there are none. Throws runtime::Failure.
std::vector<nlohmann::json> read_answers(const TrainingRecord& record);

}  // namespace dnnc
