#include "compiler/interpret/moved_values.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "compiler/interpret/accumulator.h"
#include "compiler/interpret/body_code.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr size_t wide_points = MovedValues::points;
constexpr size_t wide_block = block_size / wide_points;

/// One reduction for each of the points, as Accumulator has it.
class WideAccumulator {
 public:
  explicit WideAccumulator(Reduction reduction) : reduction_(reduction) { reset(); }

  void add(const double* begin, const double* end) {
    if (reduction_ == Reduction::Sum) return add_to_sum(begin, end);
    for (; begin != end; begin += wide_points)
      for (size_t k = 0; k < wide_points; ++k) single_[k].add(begin[k]);
  }
  void take(double* out) {
    for (size_t k = 0; k < wide_points; ++k) out[k] = reduction_ == Reduction::Sum ? sum_[k] : single_[k].result();
    reset();
  }

 private:
  void reset() {
    empty_ = true;
    if (reduction_ != Reduction::Sum) single_.fill(Accumulator(reduction_));
  }
  void add_to_sum(const double* begin, const double* end) {
    MovedValues::Moves sum = sum_;
    if (empty_) {
      std::copy_n(begin, wide_points, sum.begin());
      begin += wide_points;
      empty_ = false;
    }
    for (; begin != end; begin += wide_points)
      for (size_t k = 0; k < wide_points; ++k) sum[k] += begin[k];
    sum_ = sum;
  }

  Reduction reduction_;
  bool empty_ = true;
  MovedValues::Moves sum_{};
  std::array<Accumulator, wide_points> single_ = {Accumulator(Reduction::None), Accumulator(Reduction::None),
                                                  Accumulator(Reduction::None), Accumulator(Reduction::None)};
};

/// The first `count` lanes, each as many times as there are points.
void widen(size_t count, Lanes& lanes) {
  for (size_t lane = count; lane-- > 0;) std::fill_n(&lanes[lane * wide_points], wide_points, lanes[lane]);
}

}  // namespace

MovedValues::MovedValues(const Interpreter& interpreter, const Reach& reach, const IdVector<NodeTag, Values>& known,
                         const Effort& effort)
    : interpreter_(interpreter), graph_(interpreter.graph()), reach_(reach), known_(known), effort_(effort) {
  for (size_t node = 0; node < known.size(); ++node) {
    wide_.push({});
    changed_.push(std::nullopt);
  }
}

/// Made when it is first written to.
Values& MovedValues::wide(NodeId node) {
  Values& result = wide_[node];
  if (!result.empty()) return result;
  result.reserve(known_[node].size() * points);
  for (const double value : known_[node]) result.insert(result.end(), points, value);
  return result;
}

void MovedValues::begin(NodeId input, int64_t element, const Moves& moves) {
  Box box{input, std::vector<int64_t>(graph_[input].axes.size()), {}};
  int64_t rest = element;
  for (size_t axis = box.low.size(); axis-- > 0; rest /= graph_[input].axes[axis].extent)
    box.low[axis] = rest % graph_[input].axes[axis].extent;
  for (const int64_t low : box.low) box.high.push_back(low + 1);
  Values& values = wide(input);
  for (size_t k = 0; k < points; ++k) values[element * points + k] = known_[input][element] + moves[k];
  written_.push_back(box);
  changed_[input] = box;
}

MovedValues::Moves MovedValues::at(NodeId input, int64_t element, const Moves& moves,
                                   const std::vector<NodeId>& between, NodeId result) {
  begin(input, element, moves);
  interpreter_.schedule().run(between, [&](const Box& whole) {
    const std::optional<Box> box = reach_.part(whole, changed_);
    if (!box) return;
    compute(*box);
    written_.push_back(*box);
    if (const std::optional<Box> differs = what_changed(*box)) include(changed_[box->node], *differs);
  });
  Moves values;
  for (size_t k = 0; k < points; ++k) values[k] = changed_[result] ? wide_[result][k] : known_[result].front();
  for (const Box& box : written_) restore(box);
  written_.clear();
  return values;
}

void MovedValues::compute(const Box& box) {
  if (const auto* reshape = std::get_if<Reshape>(&graph_[box.node].kind)) copy_source(box, reshape->source);
  else compute_comprehension(box);
}

void MovedValues::copy_source(const Box& box, NodeId source) {
  const Values& from = wide(source);
  Values& to = wide(box.node);
  for_each_row(graph_[box.node], box, [&](int64_t place, int64_t count, const std::vector<int64_t>&) {
    std::copy_n(&from[place * points], count * points, &to[place * points]);
  });
}

void MovedValues::compute_comprehension(const Box& box) {
  const Node& node = graph_[box.node];
  if (const BodyCode* across = interpreter_.code_across(box)) return compute_across(node, *across, box);
  const BodyCode& code = interpreter_.code(box.node);
  if (registers_.size() < code.instructions.size()) registers_.resize(code.instructions.size());
  const double* terms = registers_[code.instructions.size() - 1].data();
  double* const out = wide(box.node).data();
  WideAccumulator accumulator(std::get<Comprehension>(node.kind).reduction);
  walk_box(
      node, box, [&](const Points& block) { run_block(code, block); },
      [&](size_t begin, size_t end) { accumulator.add(terms + begin * points, terms + end * points); },
      [&](int64_t place) { accumulator.take(out + place * points); }, wide_block);
}

void MovedValues::compute_products(const Node& node, const ProductCode& code, const Box& box) {
  const auto source = [&](const LoadCode& load) {
    const bool moved = changed_[load.source].has_value();
    return ProductSums<points>::Source{(moved ? wide_ : known_)[load.source].data(), moved};
  };
  const ProductSums<points> products(code, source(*code.a), source(*code.b));
  std::vector<double> sums(static_cast<size_t>(columns_of(box)) * points);
  double* const out = wide(box.node).data();
  walk_across(
      node, box, [&](const Points&) { effort_.expect_going_on(); },
      [&](const Points& block, size_t run, size_t column, bool first) {
        products.add(block, run, &sums[column * points], first);
      },
      [&](int64_t place) { std::ranges::copy(sums, out + place * static_cast<int64_t>(points)); });
}

void MovedValues::compute_across(const Node& node, const BodyCode& code, const Box& box) {
  const Reduction reduction = std::get<Comprehension>(node.kind).reduction;
  if (const auto product = product_of(code); product && reduction == Reduction::Sum)
    return compute_products(node, *product, box);
  if (registers_.size() < code.instructions.size()) registers_.resize(code.instructions.size());
  const double* terms = registers_[code.instructions.size() - 1].data();
  double* const out = wide(box.node).data();
  AccumulatorRow row(reduction, static_cast<size_t>(columns_of(box)) * points);
  walk_across(
      node, box, [&](const Points& block) { run_block(code, block); },
      [&](const Points& block, size_t run, size_t column, bool first) {
        row.add(column * points, terms + block.first[run] * points, terms + block.first[run + 1] * points, first);
      },
      [&](int64_t place) { row.take(out + place * points); }, wide_block);
}

void MovedValues::run_block(const BodyCode& code, const Points& block) {
  effort_.expect_going_on();
  for (size_t place = 0; place < code.instructions.size(); ++place) {
    const Instruction& instruction = code.instructions[place];
    Lanes& out = registers_[place];
    if (const auto* call = std::get_if<CallCode>(&instruction)) {
      run_call(*call, block.count * points, registers_, out);
    } else if (const auto* load = std::get_if<LoadCode>(&instruction)) {
      run_load(code, *load, block, out);
    } else {  // reads no register, and settings at most
      run_instruction(code, place, known_, block, registers_);
      widen(block.count, out);
    }
  }
}

void MovedValues::run_load(const BodyCode& code, const LoadCode& load, const Points& block, Lanes& out) {
  if (load.even) return run_even_load(load, block, out);
  const double* moved = changed_[load.source] ? wide_[load.source].data() : nullptr;
  const double* known = known_[load.source].data();
  const size_t readings = load.gathers.empty() ? 1 : points;  // what is read at a value may be another at each point
  std::array<int64_t, wide_block> elements;
  for (size_t run = 0; run < block.runs(); ++run) {
    const size_t first = block.first[run], count = block.first[run + 1] - first;
    for (size_t reading = 0; reading < readings; ++reading) {
      elements_read(code, load, block, run, registers_, elements.data(), points, reading);
      const size_t end = readings == 1 ? points : reading + 1;
      for (size_t at = 0; at < count; ++at)
        for (size_t k = reading; k < end; ++k) {
          const size_t lane = (first + at) * points + k;
          out[lane] = elements[at] < 0 ? registers_[load.outside][lane]
                      : moved          ? moved[elements[at] * points + k]
                                       : known[elements[at]];
        }
    }
  }
}

void MovedValues::run_even_load(const LoadCode& load, const Points& block, Lanes& out) {
  const double* moved = changed_[load.source] ? wide_[load.source].data() : nullptr;
  const double* known = known_[load.source].data();
  for (size_t run = 0; run < block.runs(); ++run) {
    const EvenRun even = even_run(load, block, run);
    const size_t first = block.first[run];
    const auto copy_outside = [&](size_t begin, size_t end) {
      const double* from = registers_[load.outside].data();
      std::copy(from + begin * points, from + end * points, out.data() + begin * points);
    };
    if (!load.checked.empty()) {
      copy_outside(first, first + even.begin);
      copy_outside(first + even.end, block.first[run + 1]);
    }
    const size_t count = even.end - even.begin;
    if (count == 0) continue;
    int64_t element = even.first + even.step * static_cast<int64_t>(even.begin);
    double* to = out.data() + (first + even.begin) * points;
    if (moved && even.step == 1) std::copy_n(moved + element * points, count * points, to);
    else if (moved)
      for (size_t at = 0; at < count; ++at, element += even.step, to += points)
        std::memcpy(to, moved + element * points, sizeof(Moves));
    else
      for (size_t at = 0; at < count; ++at, element += even.step, to += points) std::fill_n(to, points, known[element]);
  }
}

/// The smallest part of the box with all elements of which a bit is not what is known.
std::optional<Box> MovedValues::what_changed(const Box& box) const {
  std::optional<Box> result;
  const Values &moved = wide_[box.node], &known = known_[box.node];
  const auto differs = [&](int64_t element) {
    const double* values = &moved[element * points];
    const auto bits = std::bit_cast<uint64_t>(known[element]);
    return !std::all_of(values, values + points, [&](double value) { return std::bit_cast<uint64_t>(value) == bits; });
  };
  for_each_row(graph_[box.node], box, [&](int64_t place, int64_t count, const std::vector<int64_t>& at) {
    int64_t begin = 0, end = count;
    while (begin < end && !differs(place + begin)) ++begin;
    while (begin < end && !differs(place + end - 1)) --end;
    if (begin == end) return;
    Box row{box.node, at, at};
    for (int64_t& high : row.high) ++high;
    if (!at.empty()) {
      row.low.back() = at.back() + begin;
      row.high.back() = at.back() + end;
    }
    include(result, row);
  });
  return result;
}

void MovedValues::restore(const Box& box) {
  Values& values = wide_[box.node];
  for_each_row(graph_[box.node], box, [&](int64_t place, int64_t count, const std::vector<int64_t>&) {
    for (int64_t element = place; element < place + count; ++element)
      std::fill_n(&values[element * points], points, known_[box.node][element]);
  });
  changed_[box.node].reset();
}

}  // namespace dnnc
