#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

struct KernelTag;
using KernelId = Id<KernelTag>;
struct BufferTag;
using BufferId = Id<BufferTag>;

/// What the numbers of a buffer are in memory.
enum class Storage : uint8_t { Float32, UInt8, Int32 };

/// A piece of the arena. Arrays are row-major in the order of `extents` (batch first, channels last and unit-stride);
/// every buffer is followed by 64 bytes that may be read. Offsets are multiples of 64.
struct Buffer {
  std::string name;  ///< of the node, for dumps
  Storage storage = Storage::Float32;
  std::vector<int64_t> extents;
  int64_t offset = 0;
  int64_t bytes = 0;
};

enum class KernelClass { Contraction, Pointwise, Reduction, Gather, Scalar };

/// One Halide pipeline. `body` is a graph of its own whose Inputs are the buffers read, named i0, i1, ..., and whose
/// outputs are the buffers written, o0, o1, ...; everything between is computed inside. Its printed text is canonical:
/// two kernels with one text are one kernel.
struct Kernel {
  std::string symbol;  ///< "k_" + hash of the canonical text
  KernelClass kind = KernelClass::Pointwise;
  Graph body;
  std::vector<Storage> inputs;  ///< storage of i0, i1, ...
  /// For output k, the input whose buffer it overwrites element by element, or -1.
  std::vector<int> in_place;
};

/// A call of a kernel in the step: its buffers in the order inputs, outputs.
struct KernelCall {
  KernelId kernel;
  std::vector<BufferId> buffers;
  Span span;
  std::string name;  ///< what it computes, for --time and bench: "mlp/dense1 forward"
};

/// One function of the program: kernels in order over one arena.
struct Entry {
  std::string name;      ///< "train", "evaluate", ...
  std::string graph;     ///< name of its graph
  int64_t batch = 0;
  std::vector<KernelCall> calls;
  /// Calls from here on store new parameters and states; before it nothing that is kept has been changed.
  size_t first_update = 0;
  struct Port {
    std::string name;
    InputRole role = InputRole::Field;  ///< of an input
    OutputRole output = OutputRole::Value;
    BufferId buffer;
    Element element;
  };
  std::vector<Port> inputs, outputs;
  /// Gradients that are looked at for NaN and infinity before the updates.
  struct Guard {
    std::string name;   ///< "gradient of mlp/dense1/w"
    std::string place;  ///< "mnist.dnn:12:3"
    BufferId buffer;
  };
  std::vector<Guard> guards;
};

/// The whole program: what native/ turns into code and the runtime runs. Buffers of parameters, states and fitted
/// values are shared by all entries and come first in the arena.
struct Plan {
  IdVector<KernelTag, Kernel> kernels;
  IdVector<BufferTag, Buffer> buffers;
  std::vector<Entry> entries;
  int64_t kept_bytes = 0;   ///< of the part of the arena that outlives a step
  int64_t arena_bytes = 0;
};

/// A graph and the name of the entry it becomes.
struct EntryGraph {
  std::string entry;
  int64_t batch = 0;
  Graph graph;
};

/// Groups neighbouring comprehensions into kernels: the graph's nodes partitioned, each group with its place in the
/// order. Needs a graph without Gradient nodes.
struct Group {
  std::vector<NodeId> nodes;
  KernelClass kind = KernelClass::Pointwise;
};
std::vector<Group> fuse(const Graph& graph);

/// Kernels, layouts and memory of all entries together.
Plan plan(const std::vector<EntryGraph>& graphs);

std::string print(const Kernel& kernel);  ///< --emit=kernels
std::string print(const Plan& plan);      ///< --emit=plan
/// What must hold: no two live buffers overlap, nothing is read before it is written; one line a fault.
std::vector<std::string> verify(const Plan& plan);

}  // namespace dnnc
