#include "compiler/interpret/body_code.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

class BodyCompiler {
 public:
  BodyCompiler(const Graph& graph, NodeId node, PointOrder order)
      : graph_(graph), name_(graph[node].name), extents_(extents_of(all_axes(graph[node]))), places_(extents_.size()) {
    std::iota(places_.begin(), places_.end(), size_t{0});
    const size_t of_result = graph[node].axes.size();
    if (order == PointOrder::AcrossElements)
      std::rotate(places_.begin() + static_cast<std::ptrdiff_t>(of_result) - 1, places_.end() - 1, places_.end());
  }

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
    find_step(result.address);
    for (CheckedSubscript& subscript : result.checked) find_step(subscript.place);
    const auto has_step = [](const CheckedSubscript& subscript) { return subscript.place.step.has_value(); };
    result.even = result.gathers.empty() && result.address.step && std::ranges::all_of(result.checked, has_step);
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

  static void find_step(Address& address) {
    const std::vector<int64_t>& inner = address.inner;
    address.step = inner.size() < 2 ? 0 : inner[1] - inner[0];
    for (size_t index = 1; index < inner.size(); ++index)
      if (inner[index] - inner[index - 1] != *address.step) return address.step.reset();
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
    const size_t place = places_.at(axis);
    if (place + 1 == extents_.size()) {
      sum.inner.resize(extents_[axis], 0);
      return sum.inner;
    }
    for (Address::Part& part : sum.outer)
      if (part.axis == place) return part.table;
    sum.outer.push_back({place, std::vector<int64_t>(extents_[axis], 0)});
    return sum.outer.back().table;
  }

  const Graph& graph_;
  std::string name_;
  std::vector<int64_t> extents_;
  std::vector<size_t> places_;  ///< of each axis, in the order of points
  std::vector<Instruction> instructions_;
  std::unordered_map<const Expression*, Register> registers_;
};

using RunCall = void (*)(const double* a, const double* b, const double* c, size_t count, double* out);

/// A loop of its own for each function, in which its value is written out: what is cheap is computed by whole vectors.
template <size_t function>
void run_function(const double* a, const double* b, const double* c, size_t count, double* out) {
  for (size_t lane = 0; lane < count; ++lane) {
    const double arguments[] = {a[lane], b[lane], c[lane]};
    out[lane] = runtime::function_values[function].value(arguments);
  }
}
template <size_t... functions>
constexpr std::array<RunCall, sizeof...(functions)> all_loops(std::index_sequence<functions...>) {
  return {run_function<functions>...};
}
constexpr auto loops = all_loops(std::make_index_sequence<runtime::function_count>());

void run_index(const IndexCode& code, const Points& points, Lanes& out) {
  for (size_t run = 0; run < points.runs(); ++run) {
    AddressRun value(code.value, points, run);
    for (size_t lane = points.first[run]; lane < points.first[run + 1]; ++lane)
      out[lane] = static_cast<double>(value[lane - points.first[run]]);
  }
}

/// The draw with its stream as a number, which an array may hold.
Draw with_stream(Draw draw, const IdVector<NodeTag, Values>& values) {
  if (const auto* node = std::get_if<NodeId>(&draw.stream)) {
    const auto word = [&](size_t place) {
      return uint64_t{static_cast<uint32_t>(static_cast<int64_t>(values[*node].at(place)))};
    };
    draw.stream = word(0) | word(1) << 32;
  }
  return draw;
}

void run_draw(const DrawCode& code, const IdVector<NodeTag, Values>& values, const Points& points, Lanes& out) {
  auto setting = [&](NodeId node) { return static_cast<uint64_t>(static_cast<int64_t>(values[node].at(0))); };
  uint64_t seed = setting(code.draw.seed), step = setting(code.draw.step);
  const uint64_t number = code.draw.first.valid() ? setting(code.draw.first) : 0;
  const Draw draw = with_stream(code.draw, values);
  for (size_t run = 0; run < points.runs(); ++run) {
    AddressRun example(code.example, points, run), element(code.element, points, run);
    for (size_t lane = points.first[run]; lane < points.first[run + 1]; ++lane) {
      size_t at = lane - points.first[run];
      out[lane] = draw_value(draw, seed, step, number + static_cast<uint64_t>(example[at]), element[at]);
    }
  }
}

/// At the points of a run from `begin` to `end`.
void copy_outside(const Lanes& outside, size_t begin, size_t end, Lanes& out) {
  std::copy(outside.data() + begin, outside.data() + end, out.data() + begin);
}

void run_even_load(const LoadCode& load, const Values& source, const Points& points,
                   const std::vector<Lanes>& registers, Lanes& out) {
  for (size_t run = 0; run < points.runs(); ++run) {
    const EvenRun even = even_run(load, points, run);
    const size_t first = points.first[run];
    if (!load.checked.empty()) {
      copy_outside(registers[load.outside], first, first + even.begin, out);
      copy_outside(registers[load.outside], first + even.end, points.first[run + 1], out);
    }
    if (even.begin == even.end) continue;
    const double* from = source.data() + even.first + even.step * static_cast<int64_t>(even.begin);
    double* const to = out.data() + first + even.begin;
    const size_t count = even.end - even.begin;
    if (even.step == 1) std::copy_n(from, count, to);
    else
      for (size_t at = 0; at < count; ++at, from += even.step) to[at] = *from;
  }
}

void run_load(const BodyCode& code, const LoadCode& load, const Values& source, const Points& points,
              const std::vector<Lanes>& registers, Lanes& out) {
  if (load.even) return run_even_load(load, source, points, registers, out);
  std::array<int64_t, block_size> elements;
  for (size_t run = 0; run < points.runs(); ++run) {
    size_t first = points.first[run], count = points.first[run + 1] - first;
    elements_read(code, load, points, run, registers, elements.data());
    for (size_t at = 0; at < count; ++at)
      out[first + at] = elements[at] < 0 ? registers[load.outside][first + at] : source[elements[at]];
  }
}

}  // namespace

void run_call(const CallCode& call, size_t count, const std::vector<Lanes>& registers, Lanes& out) {
  const auto argument = [&](size_t place) { return registers[call.arguments[place]].data(); };
  loops[static_cast<size_t>(call.function)](argument(0), argument(1), argument(2), count, out.data());
}

BodyCode compile_body(const Graph& graph, NodeId node, PointOrder order) {
  return BodyCompiler(graph, node, order).run(std::get<Comprehension>(graph[node].kind).body);
}

PointWalk::PointWalk(std::vector<int64_t> low, std::vector<int64_t> high, size_t most)
    : low_(std::move(low)), high_(std::move(high)), at_(low_), most_(most) {}

bool PointWalk::next(Points& points) {
  size_t axes = low_.size();
  points.axes = axes;
  points.count = 0;
  points.first.clear();
  points.start.clear();
  while (!done_ && points.count < most_) {
    points.first.push_back(points.count);
    points.start.insert(points.start.end(), at_.begin(), at_.end());
    int64_t run = 1;
    if (axes > 0) run = std::min<int64_t>(high_[axes - 1] - at_[axes - 1], most_ - points.count);
    points.count += run;
    done_ = true;
    for (size_t axis = axes; axis-- > 0 && done_;) {
      at_[axis] += axis + 1 == axes ? run : 1;
      if (at_[axis] < high_[axis]) done_ = false;
      else at_[axis] = low_[axis];
    }
  }
  points.first.push_back(points.count);
  return points.count > 0;
}

EvenRun even_run(const LoadCode& load, const Points& points, size_t run) {
  EvenRun result{AddressRun(load.address, points, run)[0], *load.address.step, 0,
                 points.first[run + 1] - points.first[run]};
  auto begin = int64_t{0}, end = static_cast<int64_t>(result.end);
  for (const CheckedSubscript& subscript : load.checked) {
    int64_t first = AddressRun(subscript.place, points, run)[0], step = *subscript.place.step;
    result.first += first * subscript.stride;
    result.step += step * subscript.stride;
    if (step == 0 && (first < 0 || first >= subscript.extent)) end = 0;
    if (step == 0) continue;
    if (step < 0) {  // as seen from the other end of the axis
      first = subscript.extent - 1 - first;
      step = -step;
    }
    const auto not_before = [&](int64_t place) { return step == 1 ? place : -floor_divide(-place, step); };
    begin = std::max(begin, not_before(-first));
    end = std::min(end, not_before(subscript.extent - first));
  }
  result.begin = static_cast<size_t>(std::min(begin, static_cast<int64_t>(result.end)));
  result.end = std::max(result.begin, static_cast<size_t>(std::max(end, int64_t{0})));
  return result;
}

void elements_read(const BodyCode& code, const LoadCode& load, const Points& points, size_t run,
                   const std::vector<Lanes>& registers, int64_t* elements, size_t width, size_t lane) {
  size_t first = points.first[run], count = points.first[run + 1] - first;
  AddressRun address(load.address, points, run);
  for (size_t at = 0; at < count; ++at) elements[at] = address[at];
  for (const GatherSubscript& gather : load.gathers)
    for (size_t at = 0; at < count; ++at) {
      double value = registers[gather.value][(first + at) * width + lane];
      check(value >= 0 && value < static_cast<double>(gather.extent) && std::floor(value) == value,
            "interpret: `" + code.name + "` reads at a value that is no place of its axis");
      elements[at] += static_cast<int64_t>(value) * gather.stride;
    }
  if (load.checked.empty()) return;
  std::array<bool, block_size> outside{};
  for (const CheckedSubscript& subscript : load.checked) {
    AddressRun place(subscript.place, points, run);
    for (size_t at = 0; at < count; ++at) {
      outside[at] = outside[at] || place[at] < 0 || place[at] >= subscript.extent;
      elements[at] += place[at] * subscript.stride;
    }
  }
  for (size_t at = 0; at < count; ++at)
    if (outside[at]) elements[at] = -1;
}

void run_instruction(const BodyCode& code, size_t place, const IdVector<NodeTag, Values>& values, const Points& points,
                     std::vector<Lanes>& registers) {
  Lanes& out = registers[place];
  std::visit(match{[&](const NumberCode& number) { std::fill_n(out.begin(), points.count, number.value); },
                   [&](const IndexCode& index) { run_index(index, points, out); },
                   [&](const LoadCode& load) { run_load(code, load, values[load.source], points, registers, out); },
                   [&](const CallCode& call) { run_call(call, points.count, registers, out); },
                   [&](const DrawCode& draw) { run_draw(draw, values, points, out); }},
             code.instructions[place]);
}

void run_body(const BodyCode& code, const IdVector<NodeTag, Values>& values, const Points& points,
              std::vector<Lanes>& registers) {
  for (size_t place = 0; place < code.instructions.size(); ++place)
    run_instruction(code, place, values, points, registers);
}

}  // namespace dnnc
