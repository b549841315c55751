#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compiler/interpret/effort.h"
#include "compiler/ir/graph.h"

namespace dnnc {

/// Values in row-major order, in float64.
using Values = std::vector<double>;

/// A value for every Input node, by its role-free name.
using Inputs = std::map<std::string, Values>;

/// Runs a graph with straight loops in float64: the oracle of all tests. Gives the values of all nodes; Gradient nodes
/// are a fault. Updates are not stored: the caller takes them from the outputs.
IdVector<NodeTag, Values> interpret(const Graph& graph, const Inputs& inputs, const Effort& effort = {});

/// What the values of all nodes take.
int64_t bytes_of_values(const Graph& graph);

/// The draw of draws.md, whose stream is a number, in float64 from the same bits as the kernels use.
double draw_value(const Draw& draw, uint64_t seed, uint64_t step, uint64_t example, uint64_t element);

struct BodyCode;
struct Box;
class Schedule;

/// A graph made ready to be run many times. Keeps a copy of the graph.
class Interpreter {
 public:
  explicit Interpreter(Graph graph);
  ~Interpreter();
  const Graph& graph() const { return graph_; }

  const Schedule& schedule() const { return *schedule_; }
  const BodyCode& code(NodeId comprehension) const { return *code_[comprehension]; }
  /// The code to compute the box across its elements; null where they are too few.
  const BodyCode* code_across(const Box& box) const;

  IdVector<NodeTag, Values> run(const Inputs& inputs, const Effort& effort = {}) const;

 private:
  void compute(const Box& box, const Effort& effort, IdVector<NodeTag, Values>& values) const;

  Graph graph_;
  std::unique_ptr<Schedule> schedule_;
  IdVector<NodeTag, std::unique_ptr<BodyCode>> code_;    ///< of comprehensions
  IdVector<NodeTag, std::unique_ptr<BodyCode>> across_;  ///< of reductions to rows of some elements
};

/// The output of that role and name; a fault if there is none.
const Output& output_named(const Graph& graph, OutputRole role, const std::string& name);

}  // namespace dnnc
