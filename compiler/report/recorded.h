#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/program/manifest.h"

namespace dnnc {

/// The record of one training as it lies in its folder (docs/records.md). What is not there is empty: a training that runs has not
/// written all of it.
struct RecordedRun {
  std::string folder;
  nlohmann::json about;                 ///< record.json
  std::vector<nlohmann::json> history;  ///< a line for each epoch, or step
  std::vector<nlohmann::json> results, answers;
  nlohmann::json bench;  ///< the event of `dnnc bench FILE --json`, where it was kept there as bench.jsonl

  /// A member of an object of `about`, or of `about` itself for an empty name; null where there is none.
  const nlohmann::json& said(const char* object, const char* member) const;
  std::string text(const char* object, const char* member) const;
  bool runs() const;  ///< as far as it says

  std::string name() const;  ///< of the run
  std::vector<runtime::SourceText> sources() const;
  std::map<std::string, std::string> constants() const;  ///< those that were set
  std::string data_folder() const;                       ///< where relative paths of the data start
  std::string data_key() const;
};

/// The records in a folder: it is one, or holds one for each run. Throws Failure where there is none, or one is damaged.
std::vector<RecordedRun> read_recorded(const std::string& folder);

/// Changes whenever something of the records does.
std::string recorded_state(const std::string& folder);

}  // namespace dnnc
