#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "runtime/data/dataset.h"
#include "runtime/files/safetensors.h"
#include "runtime/program/failure.h"
#include "runtime/run/report.h"
#include "runtime/run/train_state.h"

namespace dnnc::runtime {

/// What a training must share with a checkpoint to go on from it: otherwise its state means something else.
struct CheckpointKey {
  std::string run;
  std::string net, step;  ///< Manifest::net_key, step_key
  std::string data;       ///< of all examples, the parts and how examples are changed
  bool operator==(const CheckpointKey&) const = default;
};
CheckpointKey key_of(const Manifest& manifest, const DataSet& data);

/// Writes a state in safetensors form: every tensor that outlives a step under its name, those of the best epoch under
/// "best/NAME", all else in the metadata. With `keep_old` the file that was there before is kept beside it, as `PATH.old`.
/// Throws Failure.
/// `weights` is what travels with weights.
void save_checkpoint(const Manifest& manifest, const CheckpointKey& key, const Metadata& weights,
                     const TrainState& state, const std::string& path, bool keep_old = true);
/// Of a checkpoint that is whole and means something else.
class OtherTraining : public Failure {
 public:
  using Failure::Failure;
};

/// Reads it. Throws Failure if the file is damaged, OtherTraining that says what differs from the key.
TrainState load_checkpoint(const Manifest& manifest, const CheckpointKey& key, const std::string& path);

/// What was loaded, and what there is to say about it.
struct Resumed {
  TrainState state;
  std::string notes;      ///< lines
  bool from_old = false;  ///< the file itself is of no use
};
/// Where the checkpoint stays that was written to `path` before the last.
std::string checkpoint_before(const std::string& path);
/// Whether that file is a checkpoint, of whatever training, or what is left of one. Throws Failure if it cannot be read.
bool was_checkpoint(const std::string& path);
/// Whether a checkpoint stands there, or the one before it. If one `must`, always.
bool can_resume(const std::string& path, bool must);
/// From `path` or, where that is damaged or gone, from `path`.old. Throws Failure if neither can be read, and where `path` is of
/// another training: the user has to say what is to become of it. The state is one of so many `epochs`, else of those of the
/// program where they have changed since, else of its own.
Resumed resume(const Manifest& manifest, const CheckpointKey& key, const std::string& path,
               const std::optional<int64_t>& epochs = std::nullopt);

/// Writes checkpoints of one training from time to time.
class Checkpoints {
 public:
  Checkpoints(const Manifest& manifest, const DataSet& data, std::string path, CheckpointEvery every);

  const CheckpointKey& key() const { return key_; }
  /// Whether one is to be written after that step: `steps` have been made in all, `epochs` are whole; `ends_epoch`: just now.
  bool due(int64_t steps, int64_t epochs, bool ends_epoch) const;
  void write(const TrainState& state);
  /// The file that is there is of no use: the next one takes its place, and the one before it stays.
  void drop_present() { keeps_old_ = false; }

 private:
  using Clock = std::chrono::steady_clock;
  const Manifest& manifest_;
  CheckpointKey key_;
  Metadata weights_;
  std::string path_;
  CheckpointEvery every_;
  bool keeps_old_ = true;
  std::optional<Clock::time_point> written_;  ///< when, or since when time counts
};

}  // namespace dnnc::runtime
