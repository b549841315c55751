#pragma once
#include <map>
#include <string>
#include <vector>

#include "compiler/records/record.h"
#include "compiler/support/source.h"
#include "runtime/data/dataset.h"
#include "runtime/program/manifest.h"

namespace dnnc {

/// What is known of a recorded run beside its record, as far as its program and its data are there.
struct KnownRun {
  std::vector<runtime::LayerInfo> layers;
  const runtime::DataDescription* about = nullptr;
  const runtime::DataSet* data = nullptr;  ///< null: not there, or others than it was trained on
};

/// What a report is made of.
struct ReportSource {
  std::string folder;
  std::vector<TrainingRecord> runs;
  std::vector<KnownRun> known;  ///< of each run
  Sources* sources = nullptr;   ///< with the texts of the program
  std::vector<SourceId> texts;
  std::vector<std::string> notes;  ///< what is left out, and why
};

/// All that the page of a report shows; `live` while it is served.
nlohmann::json record_view(const ReportSource& source, bool live);

}  // namespace dnnc
