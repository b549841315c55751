#pragma once
#include <string>

/// The manifest: a JSON text that says all that the runtime must know of a program. Written by compiler/driver/manifest.cpp.
///
/// {"format": 1, "file": "mnist.dnn", "source": "dnn 1\n...", "imports": [{"name","text"}], "hash": "…", "target": "avx2",
///  "arena_bytes": N, "kept_bytes": N,
///  "run": {"name","net","batch","epochs","seed","stop":{"name","numbers":{},"words":{}}|null,"keep","anneal","start",
///          "averages":bool},
///  "parameters": [{"path","shape":[…],"offset":N,"role":"parameter"|"state"|"optimizer_state"|"average","place":"f.dnn:3:5"}],
///  "fitted": [{"field","shape","mean_offset":N,"deviation_offset":N}],
///  "outputs": [{"name","head":"class"|"prob"|"real"|"array","classes":N,"shape":[…]}],
///  "metrics": [{"name","means":["accuracy.0"]}],
///  "data": {"name","source":DATA,"raw":[{"name","shape","element":"real"|"class"|"integer","classes":N}],
///           "target":"label","splits":[{"part","method","share","seed"}],"augment":[DATA]},
///  "contracts": [{"text":"test.accuracy >= 97.5%","place":"…"}],
///  "layers": [{"path","definition","shape","parameters"}],
///  "entries": [{"name","batch",
///     "inputs":[{"name","role":"field"|"setting"|"fitted"|"parameter"|…,"storage":"f32"|"u8"|"i32","shape":[batch,…],"offset":N}],
///     "outputs":[{"name","role":"loss"|"metric"|"result"|"update"|"value","storage","shape","offset"}],
///     "guards":[{"name","place","offset","bytes"}]}]}
/// DATA: a number, a string, a list, or {"call":"csv","items":[…],"named":{"target":"medv"},"place":"f.dnn:4:12"}.
/// Offsets are bytes from the start of the arena.
