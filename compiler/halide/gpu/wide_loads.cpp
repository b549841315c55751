#include "compiler/halide/gpu/wide_loads.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/halide/gpu/straight_code.h"
#include "compiler/halide/gpu/thread_operations.h"

namespace dnnc {
namespace {

namespace ir = Halide::Internal;
using ir::Stmt;

constexpr int wide_bits = 32;
/// Of a step of a loop: steps that do more are not put together, as what they load is little beside that.
constexpr double most_operations = 64;

/// Puts others in place of expressions.
class Replacing : public ir::IRMutator {
 public:
  explicit Replacing(const std::map<Halide::Expr, Halide::Expr, ir::IRDeepCompare>& by) : by_(by) {}
  using ir::IRMutator::mutate;
  Halide::Expr mutate(const Halide::Expr& expression) override {
    const auto found = by_.find(expression);
    return found == by_.end() ? ir::IRMutator::mutate(expression) : found->second;
  }

 private:
  const std::map<Halide::Expr, Halide::Expr, ir::IRDeepCompare>& by_;
};

/// A store, and the names that have to stand right around it.
struct PlacedStore {
  Stmt store;
  Lets around;
};

class WidenLoads : public ir::IRMutator {
 public:
  explicit WidenLoads(int64_t most) : most_(most) {}
  using ir::IRMutator::visit;

 private:
  Stmt visit(const ir::For* loop) override {
    if (loop->for_type == ir::ForType::GPUThread) {
      const ir::ScopedValue<bool> on_device(on_device_, true);
      return ir::IRMutator::visit(loop);
    }
    const Stmt together = several_steps(*loop);
    return together.defined() ? together : ir::IRMutator::visit(loop);
  }
  Stmt visit(const ir::Allocate* allocation) override {
    if (on_device_) own_.insert(allocation->name);
    return ir::IRMutator::visit(allocation);
  }
  Stmt visit(const ir::LetStmt* let) override {
    if (const auto pieces = pieces_on_device(let)) return widened(*pieces);
    if (!let->value.type().is_int()) return ir::IRMutator::visit(let);
    const ir::ScopedBinding<ir::ModulusRemainder> binding(alignments_, let->name,
                                                          ir::modulus_remainder(let->value, alignments_));
    return ir::IRMutator::visit(let);
  }
  Stmt visit(const ir::Store* store) override {
    return on_device_ ? widened({{{}, store}}) : ir::IRMutator::visit(store);
  }
  /// Stores that stand one behind the other are looked at together.
  Stmt visit(const ir::Block* block) override {
    if (!on_device_) return ir::IRMutator::visit(block);
    std::vector<Stmt> made;
    std::vector<Piece> together;
    const auto finish = [&] {
      if (!together.empty()) made.push_back(widened(std::exchange(together, {})));
    };
    for (Stmt next = block; next.defined();) {
      const auto* both = next.as<ir::Block>();
      const Stmt one = both ? both->first : next;
      next = both ? both->rest : Stmt();
      if (const auto pieces = pieces_of(one)) {
        together.insert(together.end(), pieces->begin(), pieces->end());
        continue;
      }
      finish();
      made.push_back(mutate(one));
    }
    finish();
    return ir::Block::make(made);
  }

  std::optional<std::vector<Piece>> pieces_on_device(const Stmt& statement) const {
    return on_device_ ? pieces_of(statement) : std::nullopt;
  }

  /// The loop with steps that do several of what it did, if numbers lie side by side along it; else nothing.
  Stmt several_steps(const ir::For& loop) {
    const auto trips = ir::as_const_int(loop.extent);
    if (loop.for_type != ir::ForType::Serial || !trips || !ir::is_const_zero(loop.min)) return {};
    const auto pieces = pieces_on_device(loop.body);
    if (!pieces || thread_operations(loop.body) > most_operations) return {};
    int64_t times = most_;
    while (times > 1 && !(*trips % times == 0 && gains(loop.name, *pieces, times))) times /= 2;
    if (times == 1) return {};
    const Halide::Expr begin = ir::Variable::make(Halide::Int(32), loop.name) * static_cast<int>(times);
    std::vector<Piece> all;
    std::vector<Stmt> kept;
    for (int step = 0; step < times; ++step)
      for (const Piece& piece : *pieces) {
        const auto at_step = [&](const auto& part) { return ir::substitute(loop.name, begin + step, part); };
        Lets lets = piece.lets;
        for (auto& [name, value] : lets) value = at_step(value);
        kept.push_back(at_step(Stmt(piece.store)));
        all.push_back({std::move(lets), kept.back().as<ir::Store>()});
      }
    return ir::For::make(loop.name, 0, static_cast<int>(*trips / times), loop.for_type, loop.partition_policy,
                         loop.device_api, widened(all));
  }

  /// Whether so many steps of the loop load what lies side by side, from an aligned place on.
  bool gains(const std::string& loop, const std::vector<Piece>& pieces, int64_t times) const {
    const Halide::Expr variable = ir::Variable::make(Halide::Int(32), loop);
    const auto is_wide = [&](const Halide::Expr& load) {
      const Halide::Expr index = load.as<ir::Load>()->index;
      return load.type().bits() == wide_bits && !own_.contains(load.as<ir::Load>()->name) &&
             distance(index, ir::substitute(loop, variable + 1, index)) == 1 &&
             is_aligned(ir::substitute(loop, variable * static_cast<int>(times), index), 0, times);
    };
    return std::ranges::any_of(pieces, [&](const Piece& piece) {
      Halide::Expr value = piece.store->value;
      for (auto let = piece.lets.rbegin(); let != piece.lets.rend(); ++let)
        value = ir::substitute(let->first, let->second, value);
      return std::ranges::any_of(loads_of(value).certain, is_wide);
    });
  }

  bool is_aligned(const Halide::Expr& index, int64_t place, int64_t count) const {
    const ir::ModulusRemainder known = ir::modulus_remainder(index, alignments_);
    return known.modulus % count == 0 && (known.remainder + place) % count == 0;
  }

  std::string fresh_name() { return "wide" + std::to_string(names_++); }

  Stmt widened(const std::vector<Piece>& pieces) {
    std::set<std::string> stored;
    for (const Piece& piece : pieces) stored.insert(piece.store->name);
    Lets before;
    std::vector<PlacedStore> stores = without_equal_names(pieces, stored, before);
    for (const auto& [name, value] : before)
      if (value.type().is_int()) alignments_.push(name, ir::modulus_remainder(value, alignments_));
    const Lets named = before;
    load_at_once(before, stores, stored);
    store_at_once(stores);
    for (const auto& [name, value] : named)
      if (value.type().is_int()) alignments_.pop(name);
    std::vector<Stmt> all;
    for (const PlacedStore& one : stores)
      if (one.store.defined()) all.push_back(with_lets(one.around, one.store));
    return with_lets(before, ir::Block::make(all));
  }

  /// Names of the same number become one, before all stores; those of what is stored here stay where they are.
  std::vector<PlacedStore> without_equal_names(const std::vector<Piece>& pieces, const std::set<std::string>& stored,
                                               Lets& before) {
    std::map<Halide::Expr, std::string, ir::IRDeepCompare> known;
    std::vector<PlacedStore> stores;
    for (const Piece& piece : pieces) {
      std::map<std::string, Halide::Expr> renamed;
      PlacedStore placed;
      for (const auto& [name, old] : piece.lets) {
        const Halide::Expr value = ir::substitute(renamed, old);
        std::string made = fresh_name();
        const bool moves = placed.around.empty() && std::ranges::none_of(loads_of(value).buffers, [&](const auto& one) {
                             return stored.contains(one);
                           });
        if (!moves) {
          placed.around.emplace_back(made, value);
        } else if (const auto [place, is_new] = known.emplace(value, made); is_new) {
          before.emplace_back(made, value);
        } else {
          made = place->second;
        }
        renamed[name] = ir::Variable::make(value.type(), made);
      }
      placed.store = ir::substitute(renamed, Stmt(piece.store));
      stores.push_back(std::move(placed));
    }
    return stores;
  }

  void load_at_once(Lets& before, std::vector<PlacedStore>& stores, const std::set<std::string>& stored) {
    LoadsMet loads;
    for (const auto& [name, value] : before) value.accept(&loads);
    for (const PlacedStore& one : stores) {
      one.store.accept(&loads);
      for (const auto& [name, value] : one.around) {
        loads.local.insert(name);
        value.accept(&loads);
      }
    }
    std::vector<PlacesOfBuffer> rows;
    for (const Halide::Expr& one : loads.certain) {
      const auto* load = one.as<ir::Load>();
      if (load->type.bits() != wide_bits || stored.contains(load->name) || own_.contains(load->name) ||
          uses_any(load->index, loads.local))
        continue;
      const auto [row, place] = place_in(rows, load->name, load->type, load->index);
      row->places.emplace(place, one);
    }
    std::map<Halide::Expr, Halide::Expr, ir::IRDeepCompare> by;
    Lets wide;
    for (const PlacesOfBuffer& row : rows)
      for_each_run(row, [&](int64_t place, int count) {
        const auto* first = row.places.at(place).as<ir::Load>();
        const Halide::Type type = row.type.with_lanes(count);
        const std::string name = fresh_name();
        wide.emplace_back(name, ir::Load::make(type, row.buffer, ir::Ramp::make(first->index, 1, count), first->image,
                                               first->param, ir::const_true(count), ir::ModulusRemainder(count, 0)));
        for (int lane = 0; lane < count; ++lane)
          by.emplace(row.places.at(place + lane),
                     ir::Shuffle::make_extract_element(ir::Variable::make(type, name), lane));
      });
    if (by.empty()) return;
    Replacing replacing(by);
    for (PlacedStore& one : stores) {
      one.store = replacing.mutate(one.store);
      for (auto& [name, value] : one.around) value = replacing.mutate(value);
    }
    put_behind_their_indices(before, wide, replacing);
  }

  /// A name is used by what stands behind it: wide loads stand right behind the names of their indices.
  static void put_behind_their_indices(Lets& before, const Lets& wide, Replacing& replacing) {
    Lets all;
    std::vector<bool> done(wide.size(), false);
    std::set<std::string> missing;
    const auto put_wide = [&] {
      for (size_t number = 0; number < wide.size(); ++number) {
        if (done[number] || uses_any(wide[number].second.as<ir::Load>()->index, missing)) continue;
        all.push_back(wide[number]);
        done[number] = true;
      }
    };
    for (const auto& [name, value] : before) missing.insert(name);
    put_wide();
    for (const auto& [name, value] : before) {
      all.emplace_back(name, replacing.mutate(value));
      missing.erase(name);
      put_wide();
    }
    before = std::move(all);
  }

  /// Calls `visit` with the place and count of each run that may be wide.
  template <class Visit>
  void for_each_run(const PlacesOfBuffer& row, Visit visit) const {
    for (auto at = row.places.begin(); at != row.places.end();) {
      int64_t count = most_;
      const auto is_run = [&] {
        for (int64_t lane = 1; lane < count; ++lane)
          if (!row.places.contains(at->first + lane)) return false;
        return is_aligned(row.first, at->first, count);
      };
      while (count > 1 && !is_run()) count /= 2;
      const int64_t place = at->first;
      std::advance(at, count);
      if (count > 1) visit(place, static_cast<int>(count));
    }
  }

  /// What nobody reads here is stored where the last of a run was.
  void store_at_once(std::vector<PlacedStore>& stores) const {
    std::set<std::string> stored, read, apart;
    for (const PlacedStore& one : stores) {
      stored.insert(one.store.as<ir::Store>()->name);
      read.merge(loads_of(one.store).buffers);
    }
    std::vector<PlacesOfBuffer> rows;
    for (size_t number = 0; number < stores.size(); ++number) {
      const auto* store = stores[number].store.as<ir::Store>();
      const bool waits = stores[number].around.empty() &&
                         std::ranges::none_of(loads_of(stores[number].store).buffers,
                                              [&](const std::string& buffer) { return stored.contains(buffer); });
      if (!waits || own_.contains(store->name) || read.contains(store->name) || !store->value.type().is_scalar() ||
          store->value.type().bits() != wide_bits || !ir::is_const_one(store->predicate)) {
        apart.insert(store->name);
        continue;
      }
      const auto [row, place] = place_in(rows, store->name, store->value.type(), store->index);
      row->places.insert_or_assign(place, Halide::Expr(static_cast<int>(number)));
    }
    // Stores of which nobody knows whether they meet keep their order.
    const auto keep_order = [&](const PlacesOfBuffer& row) {
      return apart.contains(row.buffer) || std::ranges::count(rows, row.buffer, &PlacesOfBuffer::buffer) > 1;
    };
    for (const PlacesOfBuffer& row : rows)
      if (!keep_order(row)) store_runs(row, stores);
  }

  void store_runs(const PlacesOfBuffer& row, std::vector<PlacedStore>& stores) const {
    for_each_run(row, [&](int64_t place, int count) {
      std::vector<Halide::Expr> values;
      std::vector<Stmt*> run;
      for (int lane = 0; lane < count; ++lane) {
        run.push_back(&stores[static_cast<size_t>(*ir::as_const_int(row.places.at(place + lane)))].store);
        values.push_back(run.back()->as<ir::Store>()->value);
      }
      const auto* first = run.front()->as<ir::Store>();
      const Stmt wide =
          ir::Store::make(row.buffer, ir::Shuffle::make_concat(values), ir::Ramp::make(first->index, 1, count),
                          first->param, ir::const_true(count), ir::ModulusRemainder(count, 0));
      for (Stmt* one : run) *one = Stmt();
      *std::ranges::max(run) = wide;
    });
  }

  const int64_t most_;
  bool on_device_ = false;
  std::set<std::string> own_;  ///< memory of a thread
  ir::Scope<ir::ModulusRemainder> alignments_;
  int64_t names_ = 0;
};

}  // namespace

void widen_loads(Halide::Pipeline& pipeline, int64_t most) { pipeline.add_custom_lowering_pass(new WidenLoads(most)); }

}  // namespace dnnc
