#include "compiler/halide/contraction_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "compiler/ir/affine.h"

namespace dnnc {
namespace {

// Constants of the cost model, in cycles of one core; measured, see compiler/docs/contraction.md.
constexpr double cycles_per_packed_element = 0.65;      ///< copied by transposed 8 x 8 blocks
constexpr double cycles_per_transposed_element = 0.65;  ///< of a result stored across the lanes
constexpr double least_cycles_per_step = 4.8;           ///< latency of the multiply-adds that follow each other
constexpr double cycles_per_step = 0.3;                 ///< of the loop itself
constexpr double cycles_per_tile = 12;                  ///< prologue and epilogue of the reduction loops
constexpr double cycles_per_masked_store = 12;
constexpr double skipping_taps = 1.04;       ///< slowdown by loops of changing extent
constexpr double cached_bytes = 384 * 1024;  ///< what a sweep over all tiles may touch
constexpr int64_t widest_tile = 28;          ///< along an index that is not the vector's
constexpr int64_t most_unrolled = 96;        ///< multiply-adds in the body of the innermost loop

double ceil_divide(int64_t a, int64_t b) { return static_cast<double>((a + b - 1) / b); }

/// The axis of the operand whose subscript holds the index with coefficient 1, if that is its only occurrence.
std::optional<size_t> unit_axis(const ContractionOperand& operand, uint32_t index) {
  std::optional<size_t> found;
  for (size_t axis = 0; axis < operand.at.size(); ++axis)
    for (const Term& term : operand.at[axis].terms) {
      if (term.index != index) continue;
      if (found || term.coefficient != 1 || operand.padded[axis]) return std::nullopt;
      found = axis;
    }
  return found;
}

/// Whether the index moves a subscript that may lie outside: whole taps are skipped there, so it must not be tiled.
bool moves_padding(const Contraction& contraction, uint32_t index) {
  for (const ContractionOperand& operand : contraction.operands)
    for (size_t axis = 0; axis < operand.at.size(); ++axis)
      if (operand.padded[axis] && mentions(operand.at[axis], index)) return true;
  return false;
}

/// Bytes that one sweep over all tiles touches when only `reduced` run and all other reductions stand still.
double swept_bytes(const Contraction& contraction, const std::vector<uint32_t>& reduced) {
  double bytes = 0;
  for (const ContractionOperand& operand : contraction.operands) {
    double elements = 1;
    for (const Affine& subscript : operand.at) {
      double places = 1;
      for (const Term& term : subscript.terms) {
        const bool runs = contraction.is_output(term.index) || std::count(reduced.begin(), reduced.end(), term.index);
        if (runs) places += std::abs(static_cast<double>(term.coefficient * (contraction.extents[term.index] - 1)));
      }
      elements *= places;
    }
    bytes += 4 * elements;
  }
  return bytes;
}

/// An index that stands alone in its subscripts, as a batch does.
bool stands_alone(const Contraction& contraction, uint32_t index) {
  for (const ContractionOperand& operand : contraction.operands)
    for (const Affine& subscript : operand.at)
      if (mentions(subscript, index) && subscript.terms.size() > 1) return false;
  return true;
}

/// One way to choose vector operand, vector index and the order of the reductions; the tile is still open.
struct Candidate {
  const Contraction& contraction;
  const CpuTarget& target;
  ContractionPlan plan;
  double fixed_cycles = 0;
  bool transposed = false;

  const ContractionOperand& vectors() const { return contraction.operands[plan.vector_operand]; }
  const ContractionOperand& broadcasts() const { return contraction.operands[1 - plan.vector_operand]; }
};

/// Reductions by how far they move in memory: broadcast operand first, since the vectors follow each other anyway.
void order_reductions(Candidate& candidate) {
  const Contraction& contraction = candidate.contraction;
  auto& reductions = candidate.plan.reductions;
  for (size_t index = contraction.outputs; index < contraction.extents.size(); ++index)
    if (contraction.extents[index] > 1) reductions.push_back(static_cast<uint32_t>(index));
  const auto distance = [&](uint32_t index) {
    const int64_t step = candidate.broadcasts().step(index);
    return std::abs(step != 0 ? step : candidate.vectors().step(index));
  };
  std::stable_sort(reductions.begin(), reductions.end(),
                   [&](uint32_t a, uint32_t b) { return distance(a) < distance(b); });
}

/// If a sweep over all tiles falls out of the cache, the outermost reduction is summed in memory.
void split_for_cache(Candidate& candidate) {
  const Contraction& contraction = candidate.contraction;
  auto& reductions = candidate.plan.reductions;
  if (reductions.size() < 2 || candidate.transposed || contraction.output_elements() > 65536) return;
  if (swept_bytes(contraction, reductions) <= cached_bytes) return;
  int64_t terms = 1;
  for (size_t k = 0; k + 1 < reductions.size(); ++k) terms *= contraction.extents[reductions[k]];
  if (terms < 32 || !stands_alone(contraction, reductions.back())) return;
  candidate.plan.memory_sum = MemorySum{reductions.back(), 1};
  reductions.pop_back();
}

std::vector<Candidate> candidates_of(const Contraction& contraction, const CpuTarget& target) {
  std::vector<Candidate> candidates;
  for (size_t operand = 0; operand < 2; ++operand)
    for (uint32_t index = 0; index < contraction.outputs; ++index) {
      Candidate candidate{contraction, target, {}, 0, index + 1 != contraction.outputs};
      candidate.plan.vector_operand = operand;
      candidate.plan.vector_index = index;
      const auto axis = unit_axis(candidate.vectors(), index);
      if (!axis || candidate.broadcasts().depends_on(index)) continue;
      candidate.plan.pack = candidate.vectors().stride(*axis) != 1;
      if (candidate.plan.pack)
        candidate.fixed_cycles += cycles_per_packed_element * static_cast<double>(candidate.vectors().element_count());
      if (candidate.transposed)
        candidate.fixed_cycles += cycles_per_transposed_element * static_cast<double>(contraction.output_elements());
      order_reductions(candidate);
      split_for_cache(candidate);
      candidates.push_back(std::move(candidate));
    }
  return candidates;
}

/// Registers of a tile: vectors of the vector operand, single numbers of the other, and the sums.
struct TileShape {
  int64_t vectors = 1;
  int64_t broadcasts = 1;
  int64_t sums() const { return vectors * broadcasts; }
};

/// Elements computed for each one that is wanted, because tiles do not divide the extents.
double waste_of(const Contraction& contraction, const std::vector<int64_t>& tile) {
  double waste = 1;
  for (size_t index = 0; index < tile.size(); ++index) {
    const double covered = ceil_divide(contraction.extents[index], tile[index]) * static_cast<double>(tile[index]);
    waste *= covered / static_cast<double>(contraction.extents[index]);
  }
  return waste;
}

double predicted_cycles(const Candidate& candidate, const TileShape& shape, double inside) {
  const Contraction& contraction = candidate.contraction;
  const double lanes = candidate.target.vector_floats, sums = static_cast<double>(shape.sums());
  const double outputs =
      static_cast<double>(contraction.output_elements()) * waste_of(contraction, candidate.plan.tile);
  const double tile_steps = outputs / (sums * lanes);
  double steps = tile_steps * static_cast<double>(contraction.terms());
  if (inside < 1) steps *= inside * skipping_taps;
  const double loads = static_cast<double>(shape.vectors + shape.broadcasts);
  const double per_step =
      std::max({sums / 2, loads / 2 * 1.05, least_cycles_per_step}) + cycles_per_step + 0.02 * loads;
  double per_tile = sums + cycles_per_tile;
  double visits = tile_steps;
  if (const auto& memory = candidate.plan.memory_sum) {
    visits *= static_cast<double>(contraction.extents[memory->index] / memory->block);
    per_tile += sums;
  }
  const int64_t lanes_wanted = contraction.extents[candidate.plan.vector_index];
  if (lanes_wanted < candidate.plan.tile[candidate.plan.vector_index] && lanes_wanted % candidate.target.vector_floats)
    per_tile += cycles_per_masked_store * static_cast<double>(shape.broadcasts);
  return candidate.fixed_cycles + steps * per_step + visits * per_tile;
}

/// Tries all tiles of a candidate that fit the registers; keeps the cheapest plan in `best`.
class TileSearch {
 public:
  TileSearch(Candidate candidate, std::optional<ContractionPlan>& best)
      : candidate_(std::move(candidate)), contraction_(candidate_.contraction), best_(best) {
    const double all = static_cast<double>(contraction_.output_elements()) * static_cast<double>(contraction_.terms());
    inside_ = useful_products(contraction_) / all;
  }

  void run() {
    const uint32_t along = candidate_.plan.vector_index;
    const int64_t lanes = candidate_.target.vector_floats, extent = contraction_.extents[along];
    candidate_.plan.tile.assign(contraction_.outputs, 1);
    for (int64_t vectors = 1; vectors <= 4 && (vectors - 1) * lanes < extent; ++vectors) {
      const int64_t width = vectors * lanes;
      if (candidate_.plan.memory_sum && width < extent && extent % width != 0) continue;
      candidate_.plan.tile[along] = width;
      extend(0, {vectors, 1});
    }
  }

 private:
  void extend(uint32_t index, TileShape shape) {
    if (shape.sums() + shape.vectors + 1 > candidate_.target.vector_registers) return;
    if (index == contraction_.outputs) return finish(shape);
    if (index == candidate_.plan.vector_index) return extend(index + 1, shape);
    const bool of_vectors = candidate_.vectors().depends_on(index),
               of_broadcasts = candidate_.broadcasts().depends_on(index);
    const int64_t extent = contraction_.extents[index];
    const bool single = (of_vectors && of_broadcasts) || moves_padding(contraction_, index);
    for (int64_t width = 1; width <= (single ? 1 : std::min(extent, widest_tile)); ++width) {
      if (candidate_.plan.memory_sum && extent % width != 0) continue;
      candidate_.plan.tile[index] = width;
      TileShape wider = shape;
      (of_vectors ? wider.vectors : wider.broadcasts) *= width;
      if (wider.sums() > candidate_.target.vector_registers) break;
      extend(index + 1, wider);
    }
    candidate_.plan.tile[index] = 1;
  }

  void finish(const TileShape& shape) {
    if (candidate_.transposed && !can_transpose()) return;
    const double cycles = predicted_cycles(candidate_, shape, inside_);
    if (best_ && best_->cycles <= cycles) return;
    best_ = candidate_.plan;
    best_->cycles = cycles;
  }

  /// Runs along the last axis of a transposed result are stored by blocks of at most 8.
  bool can_transpose() const {
    const int64_t run = candidate_.plan.tile.back();
    return run == 4 || run == 8 || (run == contraction_.extents.at(contraction_.outputs - 1) && run <= 8);
  }

  Candidate candidate_;
  const Contraction& contraction_;
  std::optional<ContractionPlan>& best_;
  double inside_ = 1;
};

/// Tiles of the broadcast operand run inside those of the vector operand, so that its vectors stay near; the batch,
/// which moves farthest, runs outside of both, and what moves both operands outermost.
void order_loops(const Contraction& contraction, ContractionPlan& plan) {
  const ContractionOperand& vectors = contraction.operands[plan.vector_operand];
  const ContractionOperand& broadcasts = contraction.operands[1 - plan.vector_operand];
  std::vector<uint32_t> of_broadcasts, of_vectors, of_both;
  for (size_t k = contraction.outputs; k-- > 0;) {
    const auto index = static_cast<uint32_t>(k);
    if (plan.tile[k] >= contraction.extents[k]) continue;
    const bool moves_vectors = vectors.depends_on(index), moves_broadcasts = broadcasts.depends_on(index);
    (moves_vectors && moves_broadcasts ? of_both : moves_vectors ? of_vectors : of_broadcasts).push_back(index);
  }
  const size_t inner = of_broadcasts.size() > 1 ? of_broadcasts.size() - 1 : of_broadcasts.size();
  plan.loops.assign(of_broadcasts.begin(), of_broadcasts.begin() + static_cast<std::ptrdiff_t>(inner));
  plan.loops.insert(plan.loops.end(), of_vectors.begin(), of_vectors.end());
  plan.loops.insert(plan.loops.end(), of_broadcasts.begin() + static_cast<std::ptrdiff_t>(inner), of_broadcasts.end());
  plan.loops.insert(plan.loops.end(), of_both.begin(), of_both.end());
}

/// Whole innermost reductions, and then a divisor of the next, while the code stays small.
void choose_unrolling(const Contraction& contraction, ContractionPlan& plan, int lanes) {
  int64_t body = 1;
  for (int64_t width : plan.tile) body *= width;
  body /= lanes;
  bool whole = true;
  for (uint32_t index : plan.reductions) {
    const int64_t extent = contraction.extents[index];
    int64_t factor = 1;
    if (whole)
      for (int64_t divisor = 1; divisor <= std::min<int64_t>(extent, 8); ++divisor) {
        const bool small = divisor <= 4 || divisor == extent;
        if (small && extent % divisor == 0 && body * divisor <= most_unrolled) factor = divisor;
      }
    plan.unroll.push_back(factor);
    body *= factor;
    whole = factor == extent;
  }
}

}  // namespace

std::optional<ContractionPlan> plan_contraction(const Contraction& contraction, const CpuTarget& target) {
  std::optional<ContractionPlan> best;
  for (Candidate& candidate : candidates_of(contraction, target)) TileSearch(std::move(candidate), best).run();
  if (!best) return std::nullopt;
  order_loops(contraction, *best);
  choose_unrolling(contraction, *best, target.vector_floats);
  return best;
}

std::string print(const ContractionPlan& plan) {
  std::string text = fmt::format("vector {} of operand {}, tile", plan.vector_index, plan.vector_operand);
  for (int64_t width : plan.tile) text += fmt::format(" {}", width);
  text += ", sum";
  for (size_t k = 0; k < plan.reductions.size(); ++k) text += fmt::format(" {}/{}", plan.reductions[k], plan.unroll[k]);
  if (plan.memory_sum) text += fmt::format(", in memory {} by {}", plan.memory_sum->index, plan.memory_sum->block);
  text += ", loops";
  for (uint32_t index : plan.loops) text += fmt::format(" {}", index);
  return text + (plan.pack ? ", packed" : "");
}

}  // namespace dnnc
