#pragma once
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runtime/program/manifest.h"
#include "runtime/run/record_files.h"

/// Records of trainings, as `--record` writes them (docs/records.md), for all that shows them.
namespace dnnc {

/// A line for each event, as --record, --history and --json write them.
struct EventFile {
  std::vector<nlohmann::json> events = {};
  std::vector<std::string> faults = {};  ///< "history.jsonl: line 7 is no event": what was passed over
};
/// What is written of the last line while somebody writes it, and the zeros that a power cut leaves, are no faults. Throws
/// runtime::Failure.
EventFile read_events(const std::string& path);

/// What a record holds. Members and fields are looked for by name; those that are not there are null.
struct TrainingRecord {
  std::string folder;
  nlohmann::json about = {};                 ///< record.json
  std::vector<nlohmann::json> epochs = {};   ///< events of history.jsonl, in order
  std::vector<nlohmann::json> steps = {};    ///< likewise
  std::vector<nlohmann::json> results = {};  ///< events of results.jsonl
  std::vector<nlohmann::json> answers = {};  ///< events of answers.jsonl, once read_answers() has read them
  nlohmann::json bench = {};                 ///< the last event of bench.jsonl
  std::vector<std::string> faults = {};      ///< lines that were passed over

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

  bool runs() const;        ///< as far as it says
  std::string run() const;  ///< its name
  /// The program and then what it imports.
  std::vector<runtime::SourceText> sources() const;
  std::map<std::string, std::string> constants() const;  ///< those that were set
  std::string data_folder() const;                       ///< where relative paths of the data start
  /// The weights of the best epoch, else the last. Throws runtime::Failure where there are none.
  std::string weights() const;

 private:
  const nlohmann::json& member(std::initializer_list<const char*> names) const;
};

bool is_record(const std::string& folder);

/// The records in these folders, each a record or a folder with records at most three folders below, whose order is that of their
/// names; none twice. Throws runtime::Failure where there is none.
std::vector<std::string> record_folders(const std::vector<std::string>& folders);

/// The record in that folder. Throws runtime::Failure.
TrainingRecord read_record(const std::string& folder);

/// The one record that is meant by a folder: it is one, or holds that of the run of this name, or but one. Throws runtime::Failure.
TrainingRecord read_one_record(const std::string& folder, const std::string& run);

/// Reads its answers to single examples, which may be many.
void read_answers(TrainingRecord& record);

/// Changes whenever something of the records in the folder does.
std::string records_state(const std::string& folder);

}  // namespace dnnc
