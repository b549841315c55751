#pragma once
#include <string>

#include "runtime/program/machine.h"
#include "runtime/program/program.h"

/// A program of two tensors without code: enough for everything that only looks at the arena.
namespace dnnc::runtime::test {

inline void bind_nothing(char*) {}

inline std::string manifest_text(const std::string& w_shape = "[2, 3]") {
  return R"({"format":1,"file":"net.dnn","source":"dnn 1\n","hash":"0","machine":"avx2","arena_bytes":256,"kept_bytes":128,
    "run":{"name":"net","net":"net","batch":2,"epochs":3,"seed":7,"stop":null,"keep":null,"anneal":null,"start":"","averages":false},
    "parameters":[{"path":"net/dense1/w","shape":)" +
         w_shape + R"(,"offset":0,"role":"parameter","place":"net.dnn:3:5"},
                  {"path":"net/dense1/b","shape":[3],"offset":64,"role":"parameter","place":"net.dnn:4:5"},
                  {"path":"net/dense1/w:m","shape":[2, 3],"offset":128,"role":"optimizer_state","place":""}],
    "fitted":[],"outputs":[],"metrics":[],"data":{"target":"y","folder":""},"contracts":[],"layers":[],"entries":[]})";
}

/// The manifest of a program whose entry `initial` has one call, which computes the weights.
inline std::string one_call_manifest_text() {
  std::string text = manifest_text();
  text.resize(text.rfind("\"entries\""));
  return text + R"("entries":[{"name":"initial","batch":1,"inputs":[],"outputs":[],"guards":[],"calls":[
    {"kernel":"k_12","kind":"pointwise","name":"net/dense1/w","place":"net.dnn:3:5","flops":0,"bytes":24}]}]})";
}

struct FakeProgram {
  explicit FakeProgram(std::string manifest_text) : text(std::move(manifest_text)) {
    program = {text.data(), text.size(), nullptr, 0, bind_nothing};
    manifest = read_manifest(text.data(), text.size());
    machine = std::make_unique<Machine>(program, manifest);
  }
  std::string text;
  dnnc_program program;
  Manifest manifest;
  std::unique_ptr<Machine> machine;
};

}  // namespace dnnc::runtime::test
