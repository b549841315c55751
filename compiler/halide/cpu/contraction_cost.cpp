#include "compiler/halide/cpu/contraction_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace dnnc {
namespace {

// Prices in cycles of one core, set by runs on Zen 3: see compiler/docs/contraction.md.
constexpr double least_cycles_per_step = 4.25;  ///< latency of multiply-adds that follow each other, and some slack
constexpr double cycles_per_step = 0.3;         ///< lost at the ends of chains and to loads that come late
constexpr double skipping_taps = 1.04;          ///< slowdown by loops of changing extent
constexpr PlanCost prices = {
    .steps = 1.0,
    .loads = 0.02,
    .narrow_steps = 0.15,
    .trips = 0.25,
    .kept = 1.0,
    .visits = 6,
    .stores = 0.7,
    .masked_stores = 12,
    .conflicts = 2,
    .transposed = 0.5,
    .turned = 0.5,
    .copied = 0.1,
    .copies = 1.2,
    .lines = {0.85, 2.5, 4.0},
};

int64_t floats_of_line(const CacheLevel& cache) { return cache.line_bytes / static_cast<int64_t>(sizeof(float)); }

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

  double lines(const CacheLevel& cache) const {
    const double span = static_cast<double>(row_stride ? std::min(run, row_stride) : run);
    const int64_t line = floats_of_line(cache);
    if (row_stride < line) return std::max(1.0, span * static_cast<double>(rows) / static_cast<double>(line));
    return static_cast<double>(rows) * std::max(1.0, span / static_cast<double>(line));
  }
  /// The same, as if all sets of the cache were filled evenly: rows whose distance is a multiple of a power of two
  /// lines share few sets, and so count for more.
  double crowded_lines(const CacheLevel& cache) const {
    const int64_t line = floats_of_line(cache);
    if (row_stride == 0 || row_stride % line != 0) return lines(cache);
    const auto shared = static_cast<double>(std::gcd(cache.sets, row_stride / line));
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
struct CostLoop {
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

  PlanCost cost() const {
    PlanCost cost = arithmetic();
    for (size_t operand = 0; operand < 2; ++operand) add_copying(operand, cost);
    for (size_t level = 0; level < cache_levels; ++level) cost.lines[level] = lines_lost(target_.caches[level]);
    return cost;
  }

 private:
  CostLoop loop_of(uint32_t index) const {
    const int64_t extent = contraction_.extents[index], width = tile_ranges_[index];
    return {index, (extent + width - 1) / width, extent};
  }

  const ContractionOperand& vectors() const { return contraction_.operands[plan_.vector_operand]; }

  // ---- multiply-adds, if all came from the first cache

  PlanCost arithmetic() const {
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
    const double steps = tiles * static_cast<double>(contraction_.terms()) * (inside < 1 ? inside * skipping_taps : 1);
    PlanCost cost;
    cost.steps = steps * (std::max({sums / 2, loads / 2, least_cycles_per_step}) + cycles_per_step);
    cost.loads = steps * loads;
    if (vectors_in_tile == 1) cost.narrow_steps = steps * sums;
    cost.conflicts = steps * conflicts_per_step();
    cost.trips = steps * trips_per_step();
    cost.visits = tiles * visits();
    if (cost.trips == 0 && !loops_.empty())
      cost.kept = steps * (vectors().depends_on(loops_[0].index) ? broadcasts_in_tile : vectors_in_tile) /
                  static_cast<double>(loops_[0].trips);
    cost.stores = cost.visits * sums * (plan_.memory_sum ? 2 : 1);
    if (is_masked()) cost.masked_stores = cost.visits * broadcasts_in_tile;
    if (plan_.vector_index + 1 != contraction_.outputs)
      cost.transposed = static_cast<double>(contraction_.output_elements());
    return cost;
  }

  /// Trips of the loops over terms in registers, of all levels together.
  double trips_per_step() const {
    double trips = 0, around = 1;
    for (size_t level = 0; level < plan_.reductions.size(); ++level) {
      const int64_t terms = register_terms(contraction_, plan_, plan_.reductions[level]);
      around /= static_cast<double>(plan_.unroll[level]);
      if (plan_.unroll[level] < terms) trips += around;
      around *= static_cast<double>(plan_.unroll[level]) / static_cast<double>(terms);
    }
    return trips;
  }

  /// Rows of one operand that are read in one step and crowd into fewer places than there are.
  double conflicts_per_step() const {
    const CacheLevel& cache = target_.caches[0];
    Ranges ranges = plan_.tile;
    ranges.resize(contraction_.extents.size(), 1);
    double conflicts = 0;
    for (size_t number = 0; number < 2; ++number) {
      const Touched read = touched_by(number, ranges);
      if (read.crowded_lines(cache) > cache.usable_lines) conflicts += static_cast<double>(read.rows);
    }
    return conflicts;
  }

  /// Times that the sums of a tile go to memory.
  double visits() const {
    const auto& memory = plan_.memory_sum;
    return memory ? static_cast<double>(contraction_.extents[memory->index] / memory->block) : 1;
  }

  bool is_masked() const {
    const int64_t extent = contraction_.extents[plan_.vector_index];
    return extent < plan_.tile[plan_.vector_index] && extent % target_.vector_floats != 0;
  }

  // ---- panels

  void add_copying(size_t number, PlanCost& cost) const {
    const auto index = plan_.panels[number];
    if (!index) return;
    const ContractionOperand& operand = contraction_.operands[number];
    const auto elements = static_cast<double>(operand.element_count());
    if (operand.step(*index) != 1) {
      cost.turned += elements;
      return;
    }
    cost.copied += elements;
    cost.copies += elements / static_cast<double>(std::min<int64_t>(plan_.tile[*index], target_.vector_floats));
  }

  // ---- lines that are not in a cache

  /// What is read of an operand, or of the result (number 2), while indices run through these ranges. A packed operand
  /// is read in the order in which it was packed, without gaps.
  Touched touched_by(size_t number, const Ranges& ranges) const {
    Touched result = touched(number < 2 ? contraction_.operands[number] : contraction_.result, ranges);
    if (number < 2 && plan_.panels[number]) result = {1, result.rows * result.run, 0};
    return result;
  }

  /// Operands, and the result if sums are added up in memory.
  size_t arrays() const { return plan_.memory_sum ? 3 : 2; }

  bool fits(const CacheLevel& cache, const Ranges& ranges) const {
    double total = 0;
    for (size_t number = 0; number < arrays(); ++number) total += touched_by(number, ranges).crowded_lines(cache);
    return total <= cache.usable_lines;
  }

  /// Inside the outermost level at which all arrays fit they stay; beyond, an array is read again in each trip of a
  /// loop, but for those next to the level that do not move it. The result is read and written.
  double lines_lost(const CacheLevel& cache) const {
    Ranges ranges = tile_ranges_;
    size_t level = 0;
    const bool tile_fits = fits(cache, ranges);
    while (tile_fits && level < loops_.size()) {
      const CostLoop& loop = loops_[level];
      const int64_t before = std::exchange(ranges[loop.index], loop.range);
      if (!fits(cache, ranges)) {
        ranges[loop.index] = before;
        break;
      }
      ++level;
    }
    double lost = 0;
    for (size_t number = 0; number < arrays(); ++number) {
      const ContractionOperand& array = number < 2 ? contraction_.operands[number] : contraction_.result;
      double lines = touched_by(number, ranges).lines(cache);
      bool stays = tile_fits;
      for (size_t outer = level; outer < loops_.size(); ++outer) {
        stays = stays && !array.depends_on(loops_[outer].index);
        if (!stays) lines *= static_cast<double>(loops_[outer].trips);
      }
      lost += number < 2 ? lines : 2 * lines;
    }
    return lost;
  }

  const Contraction& contraction_;
  const ContractionPlan& plan_;
  const CpuTarget& target_;
  Ranges tile_ranges_;
  std::vector<CostLoop> loops_;
};

}  // namespace

PlanCost cost_of(const Contraction& contraction, const ContractionPlan& plan, const CpuTarget& target) {
  return CostModel(contraction, plan, target).cost();
}

double cycles_of(const PlanCost& cost) {
  constexpr double PlanCost::* kinds[] = {
      &PlanCost::steps,  &PlanCost::loads,  &PlanCost::narrow_steps,  &PlanCost::trips,     &PlanCost::kept,
      &PlanCost::visits, &PlanCost::stores, &PlanCost::masked_stores, &PlanCost::conflicts, &PlanCost::transposed,
      &PlanCost::turned, &PlanCost::copied, &PlanCost::copies};
  double cycles = 0;
  for (const auto kind : kinds) cycles += prices.*kind * cost.*kind;
  for (size_t level = 0; level < cache_levels; ++level) cycles += prices.lines[level] * cost.lines[level];
  return cycles;
}

}  // namespace dnnc
