#include "compiler/halide/contraction_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace dnnc {
namespace {

// Constants in cycles of one core, set by hand after runs on Zen 3: see compiler/docs/contraction.md.
constexpr double least_cycles_per_step = 4.0;  ///< latency of the multiply-adds that follow each other
constexpr double cycles_per_step = 0.3;        ///< of the loop itself
constexpr double cycles_per_tile = 12;         ///< prologue and epilogue of the reduction loops
constexpr double cycles_per_masked_store = 12;
constexpr double skipping_taps = 1.04;  ///< slowdown by loops of changing extent

/// A cache, or the table of pages: a line that it has not costs so many cycles.
struct Cache {
  int64_t line;  ///< in elements
  int64_t sets;
  double usable_lines;
  double cycles_per_miss;
};
constexpr Cache caches[] = {{16, 64, 450, 0.5}, {16, 1024, 7000, 5.0}, {1024, 1, 56, 6.0}};

/// How many values of each index are run through at some level of the loops.
using Ranges = std::vector<int64_t>;

/// Values that a subscript takes.
int64_t places(const Affine& subscript, int64_t extent, const Ranges& ranges) {
  int64_t count = 1;
  for (const Term& term : subscript.terms) count += std::abs(term.coefficient) * (ranges[term.index] - 1);
  return std::min(count, extent);
}

/// What an operand touches: rows of contiguous elements.
struct Touched {
  int64_t rows = 1, run = 1;
  int64_t row_stride = 0;  ///< elements between rows; 0 if there is one

  double lines(const Cache& cache) const {
    const double span = static_cast<double>(row_stride ? std::min(run, row_stride) : run);
    if (row_stride < cache.line)
      return std::max(1.0, span * static_cast<double>(rows) / static_cast<double>(cache.line));
    return static_cast<double>(rows) * std::max(1.0, span / static_cast<double>(cache.line));
  }
  /// The same, as if all sets of the cache were filled evenly: rows whose distance is a multiple of a power of two
  /// lines share few sets, and so count for more.
  double crowded_lines(const Cache& cache) const {
    if (row_stride == 0 || row_stride % cache.line != 0) return lines(cache);
    const auto shared = static_cast<double>(std::gcd(cache.sets, row_stride / cache.line));
    return std::max(lines(cache), static_cast<double>(rows) * shared);
  }
};

Touched touched(const ContractionOperand& operand, const Ranges& ranges) {
  Touched result;
  for (size_t axis = operand.extents.size(); axis-- > 0;) {
    const int64_t count = places(operand.at[axis], operand.extents[axis], ranges);
    if (result.rows == 1 && result.run == operand.stride(axis)) {
      result.run *= count;
    } else if (count > 1) {
      result.rows *= count;
      if (result.row_stride == 0) result.row_stride = operand.stride(axis);
    }
  }
  return result;
}

/// One loop around the register tile.
struct Loop {
  uint32_t index;
  int64_t trips;
  int64_t range;  ///< values of the index inside and around the loop together
};

class CostModel {
 public:
  CostModel(const Contraction& contraction, const ContractionPlan& plan, const CpuTarget& target)
      : contraction_(contraction), plan_(plan), target_(target), tile_ranges_(plan.tile) {
    tile_ranges_.resize(contraction.extents.size(), 1);
    for (uint32_t index : plan.reductions) tile_ranges_[index] = register_terms(contraction, plan, index);
    for (uint32_t index : plan.loops) loops_.push_back(loop_of(index));
  }

  double cycles() const {
    double cycles = arithmetic();
    for (const Cache& cache : caches)
      for (const ContractionOperand& operand : contraction_.operands)
        cycles += cache.cycles_per_miss * misses(operand, cache);
    return cycles;
  }

 private:
  Loop loop_of(uint32_t index) const {
    const int64_t extent = contraction_.extents[index], width = tile_ranges_[index];
    return {index, (extent + width - 1) / width, extent};
  }

  const ContractionOperand& vectors() const { return contraction_.operands[plan_.vector_operand]; }

  // ---- multiply-adds, if all came from the first cache

  double arithmetic() const {
    const double lanes = target_.vector_floats;
    double vectors_in_tile = 1, broadcasts_in_tile = 1, tiles = 1;
    for (uint32_t index = 0; index < contraction_.outputs; ++index) {
      double width = static_cast<double>(plan_.tile[index]);
      tiles *= std::ceil(static_cast<double>(contraction_.extents[index]) / width);
      if (index == plan_.vector_index) width /= lanes;
      (vectors().depends_on(index) ? vectors_in_tile : broadcasts_in_tile) *= width;
    }
    const double sums = vectors_in_tile * broadcasts_in_tile, loads = vectors_in_tile + broadcasts_in_tile;
    const double inside = contraction_.inside;
    const double steps = static_cast<double>(contraction_.terms()) * (inside < 1 ? inside * skipping_taps : 1);
    const double per_step = std::max({sums / 2, loads / 2, least_cycles_per_step}) + cycles_per_step + 0.02 * loads;
    return tiles * (steps * per_step + visits() * per_visit(sums, broadcasts_in_tile));
  }

  /// Times that the sums of a tile go to memory.
  double visits() const {
    const auto& memory = plan_.memory_sum;
    return memory ? static_cast<double>(contraction_.extents[memory->index] / memory->block) : 1;
  }

  double per_visit(double sums, double broadcasts) const {
    const int64_t extent = contraction_.extents[plan_.vector_index];
    const bool masked = extent < plan_.tile[plan_.vector_index] && extent % target_.vector_floats != 0;
    return sums * (plan_.memory_sum ? 2 : 1) + cycles_per_tile + (masked ? cycles_per_masked_store * broadcasts : 0);
  }

  // ---- lines that are not in a cache

  /// A packed operand is read in the order in which it was packed, without gaps.
  Touched touched_by(const ContractionOperand& operand, const Ranges& ranges) const {
    Touched result = touched(operand, ranges);
    if (plan_.pack && &operand == &vectors()) result = {1, result.rows * result.run, 0};
    return result;
  }

  /// Inside the outermost level at which both operands fit they stay; beyond, an operand is read again in each trip of
  /// a loop, but for those next to the level that do not move it.
  double misses(const ContractionOperand& operand, const Cache& cache) const {
    Ranges ranges = tile_ranges_;
    size_t level = 0;
    const auto fits = [&] {
      double total = 0;
      for (const ContractionOperand& one : contraction_.operands) total += touched_by(one, ranges).crowded_lines(cache);
      return total <= cache.usable_lines;
    };
    const bool tile_fits = fits();
    while (tile_fits && level < loops_.size()) {
      const Loop& loop = loops_[level];
      const int64_t before = ranges[loop.index];
      ranges[loop.index] = loop.range;
      if (!fits()) {
        ranges[loop.index] = before;
        break;
      }
      ++level;
    }
    double count = touched_by(operand, ranges).lines(cache);
    bool stays = tile_fits;
    for (; level < loops_.size(); ++level) {
      stays = stays && !operand.depends_on(loops_[level].index);
      if (!stays) count *= static_cast<double>(loops_[level].trips);
    }
    return count;
  }

  const Contraction& contraction_;
  const ContractionPlan& plan_;
  const CpuTarget& target_;
  Ranges tile_ranges_;
  std::vector<Loop> loops_;
};

}  // namespace

double predicted_cycles(const Contraction& contraction, const ContractionPlan& plan, const CpuTarget& target) {
  return CostModel(contraction, plan, target).cycles();
}

}  // namespace dnnc
