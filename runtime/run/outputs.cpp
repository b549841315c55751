#include "runtime/run/outputs.h"

#include <sys/stat.h>

#include <algorithm>

#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/run/checkpoint.h"
#include "runtime/run/model_file.h"

namespace dnnc::runtime {
namespace {

/// Counts every file that the program names in its data as read, whether or not the command reads it.
void note_files(const DataValue& value, const std::string& folder) {
  if (value.kind == DataValue::Kind::Text) {
    const std::string path = path_from(folder, value.text);
    if (struct stat status{}; ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) note_read(status);
  }
  for (const std::vector<DataValue>* values : {&value.items, &value.named})
    for (const DataValue& inner : *values) note_files(inner, folder);
}

/// The checkpoint before the last is kept beside it: nothing else may stand there, and none that the training begins with.
void expect_place_of_old(const std::string& checkpoint, const std::vector<std::string>& others) {
  const std::string before = checkpoint_before(checkpoint);
  if (!file_exists(before) || identity_of(before) == identity_of(behind_links(checkpoint))) return;
  if (!is_checkpoint(before))
    throw Failure(exit_input_output,
                  before + ": cannot write: the checkpoint before the last is kept there, and this file is none");
  for (const std::string& other : others)
    if (!other.empty() && identity_of(before) == identity_of(behind_links(other)))
      throw Failure(exit_input_output, before + ": cannot write: it is the same file as " + other);
}

}  // namespace

void expect_outputs(const std::vector<Run>& runs, const RunOptions& options) {
  std::vector<std::string> read = {options.from}, written;
  for (const Run& run : runs) {
    const std::string folder = program_folder(run.manifest, options);
    note_files(run.manifest.data.source, folder);
    for (const std::string& file : start_files(run.manifest, folder)) read.push_back(file);
    read.push_back(file_of(run, options.weights, runs.size()));
    if (options.resume != options.checkpoint) read.push_back(file_of(run, options.resume, runs.size()));
    for (const std::string* file : {&options.checkpoint, &options.output}) {
      if (file->empty()) continue;
      std::vector<std::string> others = read;
      others.insert(others.end(), written.begin(), written.end());
      written.push_back(file_of(run, *file, runs.size()));
      expect_writable(written.back(), others);
      expect_saveable(run.manifest, metadata_of(run), written.back());
      // Only now: where it was killed in between, both are names of one file.
      if (file != &options.checkpoint) continue;
      expect_place_of_old(written.back(), others);
      written.push_back(checkpoint_before(written.back()));
    }
  }
  // One that has none begins anew. If all did, the name would be wrong.
  const auto resumes = [&](const Run& run) { return can_resume(file_of(run, options.resume, runs.size()), false); };
  if (!options.resume.empty() && std::ranges::none_of(runs, resumes))
    read_file(file_of(runs.front(), options.resume, runs.size()));
  written.insert(written.end(), read.begin(), read.end());
  if (!options.history.empty()) expect_writable(options.history, written);
}

}  // namespace dnnc::runtime
