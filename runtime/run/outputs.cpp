#include "runtime/run/outputs.h"

#include <algorithm>

#include "runtime/files/files.h"
#include "runtime/run/checkpoint.h"
#include "runtime/run/model_file.h"

namespace dnnc::runtime {

void expect_outputs(const std::vector<Run>& runs, const RunOptions& options) {
  std::vector<std::string> read = {options.from}, written;
  for (const Run& run : runs) {
    read.push_back(run.manifest.run.start);
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
      if (file == &options.checkpoint) written.push_back(checkpoint_before(written.back()));
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
