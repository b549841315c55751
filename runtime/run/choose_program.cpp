#include "runtime/run/choose_program.h"

#include <map>
#include <vector>

#include "runtime/files/streams.h"
#include "runtime/program/aligned_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/processor.h"
#include "runtime/run/driver_progress.h"

namespace dnnc::runtime {
namespace {

/// A program, as it was made for each of its targets. Manifests are read when they are asked for.
class MadePrograms {
 public:
  explicit MadePrograms(const dnnc_program& first) {
    for (const dnnc_program* program = &first; program; program = program->next) {
      candidates_.push_back({program->device, [this, program] { return need_of(run_of(program).manifest); }});
      programs_.push_back(program);
    }
  }
  MadePrograms(const MadePrograms&) = delete;
  MadePrograms& operator=(const MadePrograms&) = delete;

  const std::vector<DeviceCandidate>& candidates() const { return candidates_; }
  const ProgramRun& run(size_t number) { return run_of(programs_[number]); }
  std::vector<ProgramRun> all() {
    std::vector<ProgramRun> runs;
    for (const dnnc_program* program : programs_) runs.push_back(run_of(program));
    return runs;
  }

 private:
  ProgramRun& run_of(const dnnc_program* program) {
    const auto known = runs_.find(program);
    return known != runs_.end() ? known->second : runs_.emplace(program, program_run(*program)).first->second;
  }
  std::vector<const dnnc_program*> programs_;
  std::vector<DeviceCandidate> candidates_;
  std::map<const dnnc_program*, ProgramRun> runs_;
};

int run(const dnnc_program& first, const RunOptions& options, const CommandForm& command) {
  MadePrograms made(first);
  if (command.deeds & lists_devices) {
    print(devices_text(made.candidates()));
    return exit_done;
  }
  if (!(command.deeds & runs_code)) return run_programs(made.all(), options);
  const DriverProgress drivers(options.progress && !options.quiet && !options.json);
  const DeviceChoice choice = choose_device(options.device, made.candidates());
  return run_programs({made.run(choice.candidate)}, options, choice.note.empty() ? nullptr : &choice.note);
}

}  // namespace

DeviceNeed need_of(const Manifest& manifest) {
  const int64_t bytes = AlignedMemory::allocated(manifest.arena_bytes, manifest.machine.memory);
  return {bytes, bytes, missing_instructions(features_in(manifest.machine.text))};
}

}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::ProgramChooser dnnc_program_chooser;
const dnnc::runtime::ProgramChooser dnnc_program_chooser = {dnnc::runtime::run};
}
