#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/target/target.h"
#include "runtime/program/memory_layout.h"
#include "runtime/program/setting_names.h"
#include "runtime/program/step.h"

namespace dnnc {

struct KernelTag;
using KernelId = Id<KernelTag>;
struct BufferTag;
using BufferId = Id<BufferTag>;

using runtime::EntryKind;
using runtime::KernelClass;
using runtime::Storage;

/// A piece of the arena. Arrays are row-major in the order of `extents` (batch first, channels last and unit-stride);
/// how they are aligned and what may be read behind them says the memory layout of the plan. A Reshape is the same buffer:
/// the shape under which a kernel sees it stands in the kernel's body.
struct Buffer {
  std::string name;  ///< of the node, for dumps
  Storage storage = Storage::Float32;
  std::vector<int64_t> extents;
  int64_t offset = 0;
  int64_t bytes = 0;
};

/// What a kernel for a device does before it computes: it takes a batch from the data that lie there, if the host has put a batch
/// nowhere (runtime/program/batch_words.h). What it takes becomes some of its inputs, which the body need not read.
struct Taking {
  struct Field {
    std::vector<size_t> inputs;  ///< one, or several that show it in several shapes
    size_t number;               ///< among the fields of the entry's inputs
    bool rest;                   ///< what float32 leaves of it
  };
  struct Setting {
    size_t input;
    runtime::SettingName name;
  };
  int64_t batch = 0;
  std::vector<Field> fields;
  std::vector<Setting> settings;
};

/// One Halide pipeline. `body` is a graph of its own whose Inputs are the buffers read, named i0, i1, ..., and whose
/// outputs are the buffers written, o0, o1, ... (all with the role Value); everything between is computed inside. Its
/// printed text is canonical: two kernels with one text are one kernel.
///
/// The C function takes all inputs, then all outputs. A buffer that is overwritten in place is handed over twice, as
/// input and as output. What makes that safe: an input that is overwritten is loaded only at the place of the result,
/// by outputs (or nodes between) of equal axes without a reduction. So outputs of equal axes, one of them in place, are
/// computed together at each point, before any of them is stored (a Tuple that reads itself).
struct Kernel {
  std::string symbol;  ///< "k_" + hash of the canonical text
  KernelClass kind = KernelClass::Pointwise;
  Graph body;
  std::vector<Storage> inputs;  ///< storage of i0, i1, ...
  /// For output k, the input whose buffer it overwrites element by element, or -1.
  std::vector<int> in_place;
  /// Whether it serves arrays of every length, which the buffers of each call tell: see any_length.h.
  bool any_length = false;
  /// Outputs that it looks at itself when all is computed, in this order: see Entry::looks.
  std::vector<size_t> looks_at = {};
  std::optional<Taking> takes = {};
  /// Arguments that it records for the host in the end, where it is what ends a step: the next one then takes the next batch.
  std::vector<size_t> records = {};
};

/// The node of the body that argument `number` is: inputs first, then outputs.
NodeId argument_node(const Kernel& kernel, size_t number);

/// A number that numbers cannot exceed in magnitude, as a formula: the sum of its terms. A term is a factor times the
/// largest magnitude in each of the buffers (f32; one may stand there more than once), which counts as 1 at least. Says
/// something only of buffers whose numbers are finite.
struct BoundTerm {
  double factor = 1;
  std::vector<BufferId> buffers;  ///< sorted
  bool operator==(const BoundTerm&) const = default;
};
using Bound = std::vector<BoundTerm>;

/// A call of a kernel in the step: its buffers in the order inputs, outputs.
struct KernelCall {
  KernelId kernel;
  std::vector<BufferId> buffers;
  Span span;
  std::string name;  ///< what it computes first, for dumps and bench: "mlp/dense1/z"
  /// By the number of the argument: within a loop, arguments that do not see all of their buffer.
  std::map<size_t, runtime::Window> windows = {};

  std::optional<runtime::Window> window(size_t argument) const;
};

/// One function of the program: calls of kernels over one arena, and the order in which they are made.
struct Entry {
  EntryKind kind = EntryKind::Initial;
  std::string graph;  ///< name of its graph
  int64_t batch = 0;
  int64_t arena_bytes = 0;  ///< of the arena, from its start, that the entry uses
  std::vector<KernelCall> calls;
  runtime::Step step;  ///< what loops and windows know by numbers are `Plan::buffers`
  struct Port {
    std::string name;
    InputRole role = InputRole::Field;  ///< of an input
    OutputRole output = OutputRole::Value;
    BufferId buffer;
    Element element;
    std::vector<int64_t> extents;  ///< of the graph's node; the buffer may hold them under another shape
  };
  std::vector<Port> inputs, outputs;
  /// What is looked at for NaN and infinity before the updates: of a graph with updates outputs with the role Value, then the
  /// loss.
  struct Guard {
    std::string name;  ///< "gradient of mlp/dense1/w"
    Span span;
    BufferId buffer;
    /// What the numbers cannot exceed: if that is a float32, nobody need look at them. Empty: all are looked at.
    Bound bound = {};
  };
  std::vector<Guard> guards;
  /// Whether a kernel looks at all guards, for a device, and tells of the first that is not finite.
  bool looks = false;
  bool takes = false;  ///< a kernel takes the batch, and one records what comes of it: see Taking
};

/// The whole program: what native/ turns into code and the runtime runs. Buffers of parameters, states and fitted
/// values are shared by all entries and come first in the arena.
struct Plan {
  IdVector<KernelTag, Kernel> kernels;
  IdVector<BufferTag, Buffer> buffers;
  std::vector<Entry> entries;
  runtime::MemoryLayout memory;  ///< that of the target
  std::string device;            ///< where kernels run: see Backend::device
  int64_t kept_bytes = 0;        ///< of the part of the arena that outlives a step
  int64_t arena_bytes = 0;
};

/// A graph and the entry it becomes.
struct EntryGraph {
  EntryKind kind = EntryKind::Initial;
  int64_t batch = 0;
  Graph graph;
  std::set<std::string> byte_fields;  ///< fields whose raw values are whole numbers 0 ... 255, kept as bytes
};

/// Nodes that become one kernel, in the order of the graph. A node that is cheap to compute again may stand in several
/// groups: then none writes it.
struct Group {
  std::vector<NodeId> nodes;
  std::vector<NodeId> outputs;  ///< those of `nodes` that are written to memory
  KernelClass kind = KernelClass::Pointwise;
  std::optional<size_t> recurrence = std::nullopt;  ///< all of its members by themselves: they become a loop
  std::vector<NodeId> looked_at = {};               ///< outputs: see Kernel::looks_at
  std::vector<NodeId> taken = {};                   ///< inputs: see Kernel::takes
  std::vector<NodeId> recorded = {};                ///< of this group or of others: see Kernel::records
};

/// Of one array: kernels count them in 32 bits.
constexpr int64_t most_elements = (int64_t{1} << 31) - 1;

/// What kernels cannot be made of, in words for a user; std::nullopt if there is nothing of the kind.
std::optional<std::string> unsupported(const Graph& graph);

/// The most points that a formula, or the adjoint of one of its loads, can run over: the places of its result, or of an array
/// that it reads, or pairs of both that belong together, times the terms of its reduction. No pass makes an array of more
/// elements.
double largest_space(const Graph& graph);
/// Whether `unsupported` will find nothing in what passes make of the graph, so far as that can be told before they are run.
bool surely_supported(const Graph& graph);

/// What `fuse` joins; work is in scalar operations.
struct FusionLimits {
  /// A whole half of a step, before the updates or from them on, with less work is one kernel: calls would cost more than
  /// what they compute.
  int64_t tiny_work = 20'000;
  /// Neighbours with less work than this share a kernel.
  int64_t small_work = 40'000;
  /// If false, nothing is joined: every formula is a kernel of its own. For tests.
  bool joins = true;
  /// The rows of a batch are shared out among threads for whole loops, so many at least to each task; 0: they are not.
  int64_t least_rows = 16;
  /// Groups of which none needs another share a kernel of so many nodes at most: a device is asked for all of them at once. 0:
  /// they do not.
  size_t most_nodes_of_level = 0;
  /// What is looked at before the updates and has so many numbers at most is looked at by the kernel that has computed all of it,
  /// if one has.
  int64_t most_looked_at = 0;
  /// Whether entries that go through a part of the data take their batches by themselves.
  bool takes_batches = false;
  /// Whether the step may ask numbers that kernels have computed which of two bodies a trip has.
  bool asks_numbers = true;
};
/// Those for which the target is compiled.
FusionLimits limits_of(const Target& target);

/// Groups neighbouring comprehensions into kernels, in an order in which each group reads only groups before it. Needs a
/// graph without Gradient nodes. Nodes that only updates need come last, in groups of their own: the runtime looks at
/// loss and gradients before them. See docs/fuse.md.
std::vector<Group> fuse(const Graph& graph, const FusionLimits& limits = {});

/// The nodes of each group and those it writes, for --emit=fused.
std::string print_groups(const Graph& graph, const std::vector<Group>& groups);

/// Kernels, layouts and memory of all entries together. What no output needs is left out, whether or not the pass
/// `drop_dead` has run.
Plan plan(const std::vector<EntryGraph>& graphs, const FusionLimits& limits = {},
          const runtime::MemoryLayout& memory = runtime::cpu_memory);
/// As the target is compiled for.
inline Plan plan(const std::vector<EntryGraph>& graphs, const Target& target) {
  return plan(graphs, limits_of(target), memory_of(target));
}

std::string print(const Kernel& kernel);  ///< --emit=kernels
std::string print(const Plan& plan);      ///< --emit=plan
/// What must hold: no two live buffers overlap, nothing is read before it is written, in any trip of a loop; one line a
/// fault.
std::vector<std::string> verify(const Plan& plan);

}  // namespace dnnc
