#include "compiler/interpret/body_code.h"

#include <cmath>
#include <unordered_map>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

class BodyCompiler {
 public:
  BodyCompiler(const Graph& graph, NodeId node)
      : graph_(graph), name_(graph[node].name), extents_(extents_of(all_axes(graph[node]))) {}

  BodyCode run(const Expr& body) {
    compile(body);
    return {std::move(instructions_), name_};
  }

 private:
  Register compile(const Expr& expression) {
    auto known = registers_.find(expression.get());
    if (known != registers_.end()) return known->second;
    Register result = std::visit([&](const auto& kind) { return code(kind); }, expression->kind);
    registers_.emplace(expression.get(), result);
    return result;
  }

  Register add(Instruction instruction) {
    instructions_.push_back(std::move(instruction));
    return static_cast<Register>(instructions_.size() - 1);
  }

  Register code(const Constant& constant) { return add(NumberCode{constant.value}); }
  Register code(const IndexValue& index) { return add(IndexCode{address(index.value, 1)}); }
  Register code(const Overridden& overridden) { return compile(overridden.value); }
  Register code(const Draw& draw) { return add(DrawCode{draw, address(draw.example, 1), address(draw.element, 1)}); }
  Register code(const Call& call) {
    CallCode result{call.function, {}};
    for (size_t place = 0; place < call.arguments.size(); ++place)
      result.arguments[place] = compile(call.arguments[place]);
    return add(result);
  }
  Register code(const Load& load) {
    const std::vector<Axis>& axes = graph_[load.source].axes;
    check(load.at.size() == axes.size(), "interpret: `" + name_ + "` has a load with a wrong number of subscripts");
    LoadCode result;
    result.source = load.source;
    int64_t stride = 1;
    for (size_t place = axes.size(); place-- > 0; stride *= axes[place].extent)
      std::visit(match{[&](const Affine& affine) { add_affine(result, affine, axes[place].extent, stride); },
                       [&](const Gather& gather) {
                         result.gathers.push_back({compile(gather.value), axes[place].extent, stride});
                       }},
                 load.at[place]);
    if (load.outside) result.outside = compile(load.outside);
    check(result.checked.empty() || load.outside, "interpret: `" + name_ + "` reads outside an array");
    return add(std::move(result));
  }

  void add_affine(LoadCode& load, const Affine& affine, int64_t extent, int64_t stride) {
    Interval range = range_of(affine, extents_);
    if (range.low >= 0 && range.high < extent) {
      add_to(load.address, affine, stride);
    } else {
      load.checked.push_back({address(affine, 1), extent, stride});
    }
  }

  Address address(const Affine& affine, int64_t stride) const {
    Address result;
    add_to(result, affine, stride);
    return result;
  }

  void add_to(Address& sum, const Affine& affine, int64_t stride) const {
    sum.offset += affine.offset * stride;
    for (const Term& term : affine.terms) {
      std::vector<int64_t>& table = table_of(sum, term.index);
      for (int64_t index = 0; index < extents_.at(term.index); ++index) {
        int64_t part = index / term.divisor;
        if (term.modulus > 0) part %= term.modulus;
        table[index] += term.coefficient * part * stride;
      }
    }
  }

  std::vector<int64_t>& table_of(Address& sum, uint32_t axis) const {
    for (Address::Part& part : sum.parts)
      if (part.axis == axis) return part.table;
    sum.parts.push_back({axis, std::vector<int64_t>(extents_.at(axis), 0)});
    return sum.parts.back().table;
  }

  const Graph& graph_;
  std::string name_;
  std::vector<int64_t> extents_;
  std::vector<Instruction> instructions_;
  std::unordered_map<const Expression*, Register> registers_;
};

void run_call(const CallCode& call, size_t count, const std::vector<Lanes>& registers, Lanes& out) {
  const Lanes &a = registers[call.arguments[0]], &b = registers[call.arguments[1]], &c = registers[call.arguments[2]];
  if (call.function == Function::Add) {
    for (size_t lane = 0; lane < count; ++lane) out[lane] = a[lane] + b[lane];
  } else if (call.function == Function::Multiply) {
    for (size_t lane = 0; lane < count; ++lane) out[lane] = a[lane] * b[lane];
  } else {
    auto value = info(call.function).value;
    for (size_t lane = 0; lane < count; ++lane) {
      double arguments[3] = {a[lane], b[lane], c[lane]};
      out[lane] = value(arguments);
    }
  }
}

void run_draw(const DrawCode& code, const IdVector<NodeTag, Values>& values, const Points& points, Lanes& out) {
  auto setting = [&](NodeId node) { return static_cast<uint64_t>(static_cast<int64_t>(values[node].at(0))); };
  uint64_t seed = setting(code.draw.seed), step = setting(code.draw.step);
  for (size_t lane = 0; lane < points.count; ++lane)
    out[lane] =
        draw_value(code.draw, seed, step, value_of(code.example, points, lane), value_of(code.element, points, lane));
}

void run_load(const BodyCode& code, const LoadCode& load, const Values& source, const Points& points,
              const std::vector<Lanes>& registers, Lanes& out) {
  for (size_t lane = 0; lane < points.count; ++lane) {
    int64_t element = element_read(code, load, points, lane, registers);
    out[lane] = element < 0 ? registers[load.outside][lane] : source[element];
  }
}

}  // namespace

BodyCode compile_body(const Graph& graph, NodeId node) {
  return BodyCompiler(graph, node).run(std::get<Comprehension>(graph[node].kind).body);
}

PointWalk::PointWalk(std::vector<int64_t> low, std::vector<int64_t> high)
    : low_(std::move(low)), high_(std::move(high)), at_(low_) {}

bool PointWalk::next(Points& points) {
  size_t axes = low_.size();
  points.index.resize(axes);
  points.count = 0;
  while (!done_ && points.count < block_size) {
    int64_t run = 1;  // points along the last axis
    if (axes > 0) run = std::min<int64_t>(high_[axes - 1] - at_[axes - 1], block_size - points.count);
    for (size_t axis = 0; axis < axes; ++axis)
      for (int64_t lane = 0; lane < run; ++lane)
        points.index[axis][points.count + lane] = at_[axis] + (axis + 1 == axes ? lane : 0);
    points.count += run;
    done_ = true;
    for (size_t axis = axes; axis-- > 0 && done_;) {
      at_[axis] += axis + 1 == axes ? run : 1;
      if (at_[axis] < high_[axis]) done_ = false;
      else at_[axis] = low_[axis];
    }
  }
  return points.count > 0;
}

int64_t element_read(const BodyCode& code, const LoadCode& load, const Points& points, size_t lane,
                     const std::vector<Lanes>& registers) {
  int64_t element = value_of(load.address, points, lane);
  for (const CheckedSubscript& subscript : load.checked) {
    int64_t place = value_of(subscript.place, points, lane);
    if (place < 0 || place >= subscript.extent) return -1;
    element += place * subscript.stride;
  }
  for (const GatherSubscript& gather : load.gathers) {
    double value = registers[gather.value][lane];
    check(value >= 0 && value < static_cast<double>(gather.extent) && std::floor(value) == value,
          "interpret: `" + code.name + "` reads at a value that is no place of its axis");
    element += static_cast<int64_t>(value) * gather.stride;
  }
  return element;
}

void run_body(const BodyCode& code, const IdVector<NodeTag, Values>& values, const Points& points,
              std::vector<Lanes>& registers) {
  for (size_t place = 0; place < code.instructions.size(); ++place) {
    Lanes& out = registers[place];
    std::visit(match{[&](const NumberCode& number) { std::fill_n(out.begin(), points.count, number.value); },
                     [&](const IndexCode& index) {
                       for (size_t lane = 0; lane < points.count; ++lane)
                         out[lane] = static_cast<double>(value_of(index.value, points, lane));
                     },
                     [&](const LoadCode& load) { run_load(code, load, values[load.source], points, registers, out); },
                     [&](const CallCode& call) { run_call(call, points.count, registers, out); },
                     [&](const DrawCode& draw) { run_draw(draw, values, points, out); }},
               code.instructions[place]);
  }
}

}  // namespace dnnc
