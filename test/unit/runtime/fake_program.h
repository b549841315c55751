#pragma once
#include <string>

#include "runtime/program/machine.h"
#include "runtime/program/manifest_json.h"
#include "runtime/program/program.h"

/// A program of two tensors without code: enough for everything that only looks at the arena.
namespace dnnc::runtime::test {

inline void bind_nothing(char*) {}

inline Manifest two_tensors(const std::vector<int64_t>& w_shape = {2, 3}) {
  return {.file = "net.dnn",
          .sources = {{"net.dnn", "dnn 1\n"}},
          .machine = {.name = "avx2", .text = "x86-64", .lanes = 8},
          .arena_bytes = 256,
          .kept_bytes = 128,
          .run = {.name = "net", .net = "net", .batch = 2, .epochs = 3, .seed = 7},
          .tensors = {{{"net/dense1/w", w_shape, InputRole::Parameter}, "net.dnn:3:5", 0},
                      {{"net/dense1/b", {3}, InputRole::Parameter}, "net.dnn:4:5", 64},
                      {{"net/dense1/w:m", {2, 3}, InputRole::OptimizerState}, "", 128}},
          .data = {.name = "", .target = "y"}};
}

/// A program whose entry `initial` has one call, which computes the weights.
inline Manifest one_call() {
  Manifest manifest = two_tensors();
  manifest.entries = {{.kind = EntryKind::Initial,
                       .batch = 1,
                       .calls = {{"k_12", KernelClass::Pointwise, "net/dense1/w", "net.dnn:3:5", 0, 24}}}};
  return manifest;
}

struct FakeProgram {
  explicit FakeProgram(const Manifest& made) : text(to_json(made)), manifest(made) {
    program = {text.data(), text.size(), nullptr, 0, bind_nothing};
    machine = std::make_unique<Machine>(program, manifest);
  }
  std::string text;
  dnnc_program program;
  Manifest manifest;
  std::unique_ptr<Machine> machine;
};

}  // namespace dnnc::runtime::test
