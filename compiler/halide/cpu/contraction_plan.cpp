#include "compiler/halide/cpu/contraction_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/halide/cpu/contraction_cost.h"
#include "compiler/ir/affine.h"

namespace dnnc {
namespace {

constexpr int64_t widest_tile = 28;    ///< along an index that is not the vector's
constexpr int64_t most_vectors = 4;    ///< along the vector index
constexpr int64_t most_unrolled = 96;  ///< multiply-adds in the body of the innermost loop
constexpr int64_t fewest_terms = 24;   ///< summed in registers before a sum goes to memory

/// One way to choose vector operand, vector index, the order of the reductions and what is summed in memory; tile and
/// loops are still open.
struct Candidate {
  const Contraction& contraction;
  const CpuTarget& target;
  ContractionPlan plan;
  bool transposed = false;

  const ContractionOperand& vectors() const { return contraction.operands[plan.vector_operand]; }
  const ContractionOperand& broadcasts() const { return contraction.operands[1 - plan.vector_operand]; }
  std::optional<uint32_t> panels_of_vectors() const { return plan.panels[plan.vector_operand]; }
  std::optional<uint32_t> panels_of_broadcasts() const { return plan.panels[1 - plan.vector_operand]; }
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

/// The candidate, and its variants that sum blocks of the outermost reduction in memory.
void add_with_blocks(const Candidate& candidate, std::vector<Candidate>& candidates) {
  candidates.push_back(candidate);
  const auto& reductions = candidate.plan.reductions;
  if (candidate.transposed || reductions.empty()) return;
  const uint32_t outermost = reductions.back();
  int64_t inner_terms = 1;
  for (uint32_t index : reductions) inner_terms *= candidate.contraction.extents[index];
  const int64_t extent = candidate.contraction.extents[outermost];
  inner_terms /= extent;
  for (int64_t block = 1; block < extent; ++block) {
    if (extent % block != 0 || block * inner_terms < fewest_terms) continue;
    Candidate with_block = candidate;
    with_block.plan.memory_sum = MemorySum{outermost, block};
    if (block == 1) with_block.plan.reductions.pop_back();
    candidates.push_back(std::move(with_block));
  }
}

/// Halide counts the bytes of what a kernel allocates in 32 bits, and panels are padded to whole vectors: less than twice as large.
bool can_be_copied(const ContractionOperand& operand) {
  constexpr int64_t most_elements = (int64_t{1} << 30) / static_cast<int64_t>(sizeof(float));
  return operand.element_count() <= most_elements;
}

/// The candidate, and its variants whose broadcast operand is copied into panels too, along its last axis.
void add_with_panels(const Candidate& candidate, std::vector<Candidate>& candidates) {
  add_with_blocks(candidate, candidates);
  const ContractionOperand& operand = candidate.broadcasts();
  if (!can_be_copied(operand)) return;
  for (uint32_t index = 0; index < candidate.contraction.outputs; ++index) {
    const auto axis = operand.own_axis(index);
    if (!axis || operand.stride(*axis) != 1 || candidate.vectors().depends_on(index)) continue;
    Candidate with_panels = candidate;
    with_panels.plan.panels[1 - candidate.plan.vector_operand] = index;
    add_with_blocks(with_panels, candidates);
  }
}

std::vector<Candidate> candidates_of(const Contraction& contraction, const CpuTarget& target) {
  std::vector<Candidate> candidates;
  for (const VectorChoice& choice : vector_choices(contraction)) {
    Candidate candidate{contraction, target, {}, choice.index + 1 != contraction.outputs};
    candidate.plan.vector_operand = choice.operand;
    candidate.plan.vector_index = choice.index;
    order_reductions(candidate);
    if (choice.side_by_side) add_with_panels(candidate, candidates);
    if (!choice.packable || !can_be_copied(contraction.operands[choice.operand])) continue;
    candidate.plan.panels[choice.operand] = choice.index;
    add_with_panels(candidate, candidates);
  }
  return candidates;
}

/// Whole innermost reductions, and then a divisor of the next, while the code stays small.
void choose_unrolling(const Contraction& contraction, ContractionPlan& plan, int lanes) {
  plan.unroll.clear();
  int64_t body = 1;
  for (int64_t width : plan.tile) body *= width;
  body /= lanes;
  bool whole = true;
  for (uint32_t index : plan.reductions) {
    const int64_t terms = register_terms(contraction, plan, index);
    int64_t factor = 1;
    if (whole)
      for (int64_t divisor = 1; divisor <= std::min<int64_t>(terms, 8); ++divisor) {
        const bool small = divisor <= 4 || divisor == terms;
        if (small && terms % divisor == 0 && body * divisor <= most_unrolled) factor = divisor;
      }
    plan.unroll.push_back(factor);
    body *= factor;
    whole = factor == terms;
  }
}

/// Registers of a tile: vectors of the vector operand, single numbers of the other, and the sums.
struct TileShape {
  int64_t vectors = 1;
  int64_t broadcasts = 1;
  int64_t sums() const { return vectors * broadcasts; }
};

/// Tries all tiles of a candidate that fit the registers, with several orders of the loops around them; keeps the
/// cheapest plan in `best`.
class TileSearch {
 public:
  TileSearch(Candidate candidate, std::optional<ContractionPlan>& best)
      : candidate_(std::move(candidate)), contraction_(candidate_.contraction), plan_(candidate_.plan), best_(best) {}

  void run() {
    const int64_t lanes = candidate_.target.vector_floats, extent = contraction_.extents[plan_.vector_index];
    plan_.tile.assign(contraction_.outputs, 1);
    for (int64_t vectors = 1; vectors <= most_vectors && (vectors - 1) * lanes < extent; ++vectors) {
      const int64_t width = vectors * lanes;
      if (plan_.memory_sum && width < extent && extent % width != 0) continue;
      // Stores beyond the end are masked, and Halide does not cut what is masked into vectors again.
      const bool packed = candidate_.panels_of_vectors().has_value();
      const bool masked = packed && width < extent && extent % width != 0 && !candidate_.transposed;
      if (masked && vectors > 1) continue;
      const int64_t read_beyond = (extent + width - 1) / width * width - extent;
      if (packed && read_beyond * static_cast<int64_t>(sizeof(float)) > candidate_.target.memory.slack) continue;
      plan_.tile[plan_.vector_index] = width;
      extend(0, {vectors, 1});
    }
  }

 private:
  void extend(uint32_t index, TileShape shape) {
    if (shape.sums() + shape.vectors + 1 > candidate_.target.vector_registers) return;
    if (index == contraction_.outputs) return try_loops();
    if (index == plan_.vector_index) return extend(index + 1, shape);
    const bool of_vectors = candidate_.vectors().depends_on(index);
    const int64_t extent = contraction_.extents[index];
    const int64_t widest = contraction_.may_be_tiled(index) ? std::min(extent, widest_tile) : 1;
    for (int64_t width = 1; width <= widest; ++width) {
      const bool in_panels = candidate_.panels_of_broadcasts() == index;
      if ((plan_.memory_sum || in_panels) && extent % width != 0) continue;
      if (in_panels && width == 1) continue;
      plan_.tile[index] = width;
      TileShape wider = shape;
      (of_vectors ? wider.vectors : wider.broadcasts) *= width;
      if (wider.sums() > candidate_.target.vector_registers) break;
      extend(index + 1, wider);
    }
    plan_.tile[index] = 1;
  }

  /// Runs along the last axis of a transposed result are stored by blocks of at most 8.
  bool can_transpose() const {
    const int64_t run = plan_.tile.back();
    return run == 4 || run == 8 || (run == contraction_.extents.at(contraction_.outputs - 1) && run <= 8);
  }

  /// Tiles of the broadcast operand run inside those of the vector operand, so that its vectors stay near, or the other
  /// way round; what moves both operands is outermost. Blocks run around the innermost loops of one kind, or around
  /// all.
  void try_loops() {
    if (candidate_.transposed && !can_transpose()) return;
    choose_unrolling(contraction_, plan_, candidate_.target.vector_floats);
    std::vector<uint32_t> of_broadcasts, of_vectors, of_both;
    for (size_t k = contraction_.outputs; k-- > 0;) {
      const auto index = static_cast<uint32_t>(k);
      if (plan_.tile[k] >= contraction_.extents[k]) continue;
      const bool moves_vectors = candidate_.vectors().depends_on(index);
      const bool moves_broadcasts = candidate_.broadcasts().depends_on(index);
      (moves_vectors && moves_broadcasts ? of_both : moves_vectors ? of_vectors : of_broadcasts).push_back(index);
    }
    put_last(of_broadcasts, candidate_.panels_of_broadcasts());
    try_order(of_broadcasts, of_vectors, {}, of_both);
    try_order(of_vectors, of_broadcasts, {}, of_both);
    if (of_broadcasts.size() > 1) {
      const uint32_t batch = of_broadcasts.back();
      of_broadcasts.pop_back();
      try_order(of_broadcasts, of_vectors, {batch}, of_both);
    }
  }

  /// What moves within a panel goes through it before the next panel comes.
  static void put_last(std::vector<uint32_t>& loops, std::optional<uint32_t> panels) {
    const auto found = panels ? std::find(loops.begin(), loops.end(), *panels) : loops.end();
    if (found != loops.end()) std::rotate(found, found + 1, loops.end());
  }

  void try_order(const std::vector<uint32_t>& first, const std::vector<uint32_t>& second,
                 const std::vector<uint32_t>& third, const std::vector<uint32_t>& last) {
    for (int place = 0; place < (plan_.memory_sum ? 3 : 1); ++place) {
      plan_.loops = first;
      const auto append = [&](const std::vector<uint32_t>& loops, int place_before) {
        if (plan_.memory_sum && place == place_before) plan_.loops.push_back(plan_.memory_sum->index);
        plan_.loops.insert(plan_.loops.end(), loops.begin(), loops.end());
      };
      append(second, 0);
      append(third, 1);
      append(last, 2);
      const double cycles = cycles_of(cost_of(contraction_, plan_, candidate_.target));
      if (best_ && best_->cycles <= cycles) continue;
      best_ = plan_;
      best_->cycles = cycles;
    }
  }

  Candidate candidate_;
  const Contraction& contraction_;
  ContractionPlan& plan_;
  std::optional<ContractionPlan>& best_;
};

}  // namespace

std::optional<ContractionPlan> plan_contraction(const Contraction& contraction, const CpuTarget& target) {
  std::optional<ContractionPlan> best;
  for (Candidate& candidate : candidates_of(contraction, target)) TileSearch(std::move(candidate), best).run();
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
  for (size_t k = 0; k < 2; ++k)
    if (plan.panels[k]) text += fmt::format(", operand {} in panels by {}", k, *plan.panels[k]);
  return text;
}

}  // namespace dnnc
