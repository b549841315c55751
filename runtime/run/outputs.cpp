#include "runtime/run/outputs.h"

#include <sys/stat.h>

#include <algorithm>

#include "runtime/data/read_places.h"
#include "runtime/data/source.h"
#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/run/checkpoint.h"
#include "runtime/run/history.h"
#include "runtime/run/model_file.h"

namespace dnnc::runtime {
namespace {

/// The checkpoint before the last is kept beside it: nothing else may stand there, and none that the training begins with.
void expect_place_of_old(const std::string& checkpoint, const std::vector<std::string>& others) {
  const std::string before = checkpoint_before(checkpoint);
  if (const std::string why = why_not_put(before); !why.empty())
    throw Failure(exit_input_output,
                  before + ": cannot write: " + why + "; the checkpoint before the last is kept there");
  if (!file_exists(before) || identity_of(before) == identity_of(behind_links(checkpoint))) return;
  if (!was_checkpoint(before))
    throw Failure(exit_input_output,
                  before + ": cannot write: the checkpoint before the last is kept there, and this file is none");
  for (const std::string& other : others)
    if (!other.empty() && identity_of(before) == identity_of(behind_links(other)))
      throw Failure(exit_input_output, before + ": cannot write: it is the same file as " + other);
}

}  // namespace

void expect_not_data(const DataValue& source, const std::string& folder, const std::string& path) {
  struct stat status{};
  if (path.empty() || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (is_read_by(source, folder, data_folder().path, identity_of(status)))
    throw Failure(exit_input_output, path + ": cannot write: it is a file that is read here");
}

void expect_outputs(const std::vector<Run>& runs, const RunOptions& options) {
  std::vector<std::string> read = {options.from}, written;
  for (const Run& run : runs) {
    const std::string folder = program_folder(run.manifest, options);
    expect_not_data(run.manifest.data.source, folder, options.history);
    for (const std::string& file : start_files(run.manifest, folder)) read.push_back(file);
    read.push_back(file_of(run, options.weights, runs.size()));
    if (options.resume != options.checkpoint) read.push_back(file_of(run, options.resume, runs.size()));
    for (const std::string* file : {&options.checkpoint, &options.output}) {
      if (file->empty()) continue;
      std::vector<std::string> others = read;
      others.insert(others.end(), written.begin(), written.end());
      written.push_back(file_of(run, *file, runs.size()));
      // Another run may read what this one would write.
      for (const Run& reader : runs)
        expect_not_data(reader.manifest.data.source, program_folder(reader.manifest, options), written.back());
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
  for (const Run& run : runs) {
    if (options.record.empty()) break;
    expect_record(run, options, runs.size());
    for (const char* name : record_files::all) {
      if (name == record_files::record) continue;  // which has been read, to know whose it is
      if (std::string path = record_folder(options, run.manifest.run.name, runs.size()) + "/" + name;
          file_exists(path)) {
        expect_writable(path, written);
        expect_not_data(run.manifest.data.source, program_folder(run.manifest, options), path);
        written.push_back(std::move(path));
      }
    }
  }
  if (!options.answers.empty()) {
    if (options.input_path != standard_input) written.push_back(options.input_path);
    for (const Run& run : runs)
      expect_not_data(run.manifest.data.source, program_folder(run.manifest, options), options.answers);
    expect_writable(options.answers, written);
  }
  if (options.history.empty()) return;
  expect_writable(options.history, written);
  expect_history(options.history, !options.resume.empty());
}

}  // namespace dnnc::runtime
