#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "runtime/program/memory_plan.h"

/// The manifest is a JSON text that says all that the runtime must know of a program. compiler/driver/manifest.cpp
/// writes it:
///
/// {"format": 1, "file": "mnist.dnn", "source": "dnn 1\n...", "hash": "...", "machine": "avx2",
///  "arena_bytes": N, "kept_bytes": N,
///  "run": {"name","net","batch","epochs","seed","stop":LOOP|null,"keep","anneal","start","averages":bool},
///  "parameters": [{"path","shape":[...],"offset":N,"role":"parameter"|"state"|"optimizer_state"|"average","place"}],
///  "fitted": [{"field","shape","mean_offset":N,"deviation_offset":N}],
///  "outputs": [{"name","head":"class"|"prob"|"real"|"array","classes":N,"shape":[...]}],
///  "metrics": [{"name","means":["accuracy.0"]}],
///  "data": {"name","folder","source":DATA,"raw":[{"name","shape","element":"real"|"class"|"integer","classes":N,
///                                                "probability":bool,"bytes":bool}],
///           "inputs":["image"],"target":"label","splits":[{"part","method","share","seed"}],"augment":[DATA]},
///  "contracts": [{"text":"test.accuracy >= 97.5%","place":"...","condition":TERM}],
///  "layers": [{"path","definition","shape","parameters"}],
///  "entries": [{"name","batch",
///     "inputs":[{"name","role":"field"|"setting"|"fitted"|...,"storage":"f32"|"u8"|"i32","shape":[...],"offset":N}],
///     "outputs":[{"name","role":"loss"|"metric"|"result"|"update"|"value","storage","shape","offset"}],
///     "guards":[{"name","place","offset","bytes"}],
///     "calls":[{"kernel","kind","name","place","flops","bytes"}]}],
///  "memory": {"kept_bytes":N,"buffers":[{"name","offset","bytes"}],
///     "entries":[{"name","first_update":N,"inputs":[buffer...],"outputs":[...],
///                 "calls":[{"name","inputs":[...],"outputs":[...]}]}]}}
/// "memory" is there only if every call is to be checked (memory_check.h).
/// LOOP: {"name":"early","numbers":{"patience":3},"words":{"on":"validation.loss","goal":"smallest"}}.
/// DATA: a number, a string, a list, or {"call":"csv","items":[...],"named":{"target":"medv"},"place":"f.dnn:4:12"}.
/// TERM: a number, {"reference":"test.accuracy","run":"mlp"}, {"operation":"less_equal","arguments":[TERM...]} or
/// {"predict":"xor_net","arguments":[TERM...]}. Offsets are bytes from the start of the arena.
namespace dnnc::runtime {

enum class Storage { Float32, UInt8, Int32 };
int64_t bytes_of(Storage storage);

/// A buffer of the arena that an entry reads or writes.
struct Port {
  std::string name, role;
  Storage storage = Storage::Float32;
  std::vector<int64_t> shape;  ///< the batch first where it is a field or a result
  int64_t offset = 0;
  int64_t count = 1;  ///< elements
};
/// A gradient that must be finite before the updates are stored.
struct Guard {
  std::string name, place;
  int64_t offset = 0, bytes = 0;
};
/// A call of a kernel, as dnnc_entry::calls holds it.
struct CallInfo {
  std::string kernel, kind;
  std::string name, place;  ///< what it computes first, and where that was written
  double flops = 0;         ///< of its contractions, useful ones only
  double bytes = 0;         ///< that it has to read and write
};
struct EntryInfo {
  std::string name;
  int64_t batch = 0;
  size_t code = 0;  ///< its number in dnnc_program::entries
  std::vector<Port> inputs, outputs;
  std::vector<Guard> guards;
  std::vector<CallInfo> calls;
};
/// A tensor that is kept with the model.
struct Tensor {
  std::string path, role, place;
  std::vector<int64_t> shape;
  int64_t offset = 0, count = 1;
};
struct FittedField {
  std::string field;
  std::vector<int64_t> shape;
  int64_t mean_offset = 0, deviation_offset = 0, count = 1;
};
struct OutputInfo {
  std::string name, head;
  int64_t classes = 0;
  std::vector<int64_t> shape;
};
struct MetricInfo {
  std::string name;
  std::vector<std::string> means;
};
/// `early(patience: 3, on: validation.loss)`
struct LoopRule {
  std::string name;
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> words;
  double number(const std::string& key, double standard) const;
  std::string word(const std::string& key, const std::string& standard) const;
};
struct RunInfo {
  std::string name, net, start;
  int64_t batch = 32, epochs = 1;
  uint64_t seed = 0;
  std::optional<LoopRule> stop, keep, anneal;
  bool averages = false;
};
struct LayerInfo {
  std::string path, definition;
  std::vector<int64_t> shape;
  int64_t parameters = 0;
};

struct Manifest {
  std::string file, source, hash, machine;
  int64_t arena_bytes = 0, kept_bytes = 0;
  RunInfo run;
  std::vector<Tensor> tensors;
  std::vector<FittedField> fitted;
  std::vector<OutputInfo> outputs;
  std::vector<MetricInfo> metrics;
  std::vector<LayerInfo> layers;
  std::vector<EntryInfo> entries;
  std::string data;       ///< the object "data" as JSON text, for the loaders
  std::string target;     ///< the raw field that the target is made from
  std::string folder;     ///< where the data's relative paths start
  std::string contracts;  ///< the list "contracts" as JSON text
  std::optional<MemoryPlan> memory;
};

/// Reads the text that the compiler wrote; a fault in it is a fault of the compiler (std::logic_error).
Manifest read_manifest(const char* text, size_t bytes);

}  // namespace dnnc::runtime
