#include "compiler/halide/gpu/merge_launches.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "compiler/halide/gpu/launches.h"
#include "compiler/halide/gpu/thread_operations.h"
#include "compiler/halide/gpu/thread_words.h"
#include "compiler/support/check.h"
#include "runtime/program/device.h"

namespace dnnc {
namespace {

namespace ir = Halide::Internal;
using ir::Stmt;

/// Set once the device has found a number that is not finite: see DeviceMemory::look.
const std::string flag_name = "dnnc_flag";
constexpr const char* goes_on = "goes_on";
/// Merged launches use so many buffers at most: drivers take 1024 bytes of arguments surely, and what is no buffer needs some too.
constexpr size_t most_buffers_of_launch = 90;

/// What the groups of one launch share out: a launch as it was, or a chain of small ones for one group.
struct Chain {
  std::vector<size_t> launches;
};

class Merging {
 public:
  Merging(LaunchList list, const SameMemory& same) : list_(std::move(list)), same_(same) {
    for (size_t number = 0; number < list_.launches.size(); ++number) put(number);
  }

  LaunchList run() {
    std::vector<Launch> merged;
    for (const std::vector<Chain>& chains : phases_) merged.push_back(reading_flag(merge(chains)));
    list_.launches = std::move(merged);
    const Halide::Type pointer = Halide::type_of<halide_buffer_t*>();
    list_.around.insert(list_.around.begin(),
                        ir::LetStmt::make(flag_name + description_ending,
                                          ir::Call::make(pointer, runtime::device_flag_symbol,
                                                         {ir::make_device_interface_call(list_.launches.front().api)},
                                                         ir::Call::Extern),
                                          ir::Evaluate::make(0)));
    return std::move(list_);
  }

 private:
  enum class Relation { None, Ordered, Apart };

  const std::string& memory_of(const std::string& buffer) const {
    const auto found = same_.find(buffer);
    return found == same_.end() ? buffer : found->second;
  }

  /// Whether one stores what the other stores or reads. What has two names is not stored and read by one launch: sources tell
  /// compilers that such memory is apart.
  Relation relation(const Launch& a, const Launch& b) const {
    Relation found = Relation::None;
    const auto meet = [&](const std::set<std::string>& stored, const std::set<std::string>& used) {
      for (const std::string& one : stored)
        for (const std::string& other : used) {
          if (one == other) found = std::max(found, Relation::Ordered);
          else if (memory_of(one) == memory_of(other)) found = Relation::Apart;
        }
    };
    meet(a.writes, b.reads);
    meet(a.writes, b.writes);
    meet(b.writes, a.reads);
    return found;
  }

  /// Into the first launch that may do it, behind all that it depends on.
  void put(size_t number) {
    const Launch& next = list_.launches[number];
    size_t phase = 0;
    for (size_t earlier = 0; earlier < number; ++earlier) {
      const Relation related = relation(list_.launches[earlier], next);
      if (related == Relation::None) continue;
      const bool joins = related == Relation::Ordered && list_.launches[earlier].is_small() && next.is_small();
      phase = std::max(phase, phase_[earlier] + (joins ? 0 : 1));
    }
    while (phase < phases_.size() && !has_room(phase, next)) ++phase;
    if (phase == phases_.size()) {
      phases_.emplace_back();
      buffers_.emplace_back();
    }
    for (const std::set<std::string>* used : {&next.reads, &next.writes})
      buffers_[phase].insert(used->begin(), used->end());
    std::vector<Chain>& chains = phases_[phase];
    Chain joined;
    std::erase_if(chains, [&](const Chain& chain) {
      const bool related = std::ranges::any_of(
          chain.launches, [&](size_t one) { return relation(list_.launches[one], next) != Relation::None; });
      if (related) joined.launches.insert(joined.launches.end(), chain.launches.begin(), chain.launches.end());
      return related;
    });
    std::ranges::sort(joined.launches);
    joined.launches.push_back(number);
    chains.push_back(std::move(joined));
    phase_.push_back(phase);
  }

  bool has_room(size_t phase, const Launch& launch) const {
    std::set<std::string> all = buffers_[phase];
    for (const std::set<std::string>* used : {&launch.reads, &launch.writes}) all.insert(used->begin(), used->end());
    return all.size() <= most_buffers_of_launch;
  }

  /// The flag is read once, before anything is done.
  static Launch reading_flag(Launch launch) {
    const Halide::Expr flag = ir::Load::make(Halide::Int(32), flag_name, 0, Halide::Buffer<>(), Halide::Parameter(),
                                             ir::const_true(), ir::ModulusRemainder());
    launch.body = ir::LetStmt::make(goes_on, flag == 0, launch.body);
    return launch;
  }
  /// What is done unless the flag is set. Between two of them all threads meet, whether it is or not: drivers compile well what
  /// no thread can leave out.
  static Stmt if_going_on(const Stmt& body) {
    return ir::IfThenElse::make(ir::Variable::make(Halide::Bool(), goes_on), body);
  }

  Launch merge(const std::vector<Chain>& chains) const {
    const Launch& first = list_.launches[chains.front().launches.front()];
    Launch all{first.group, first.thread, 0, 1, first.api};
    for (const Chain& chain : chains)
      for (const size_t number : chain.launches) {
        const Launch& one = list_.launches[number];
        all.threads = std::max(all.threads, one.threads);
        all.reads.insert(one.reads.begin(), one.reads.end());
        all.writes.insert(one.writes.begin(), one.writes.end());
        all.operations += one.operations;
      }
    for (const Chain& chain : chains) all.longest = std::max(all.longest, longest_of(chain));
    const Halide::Expr group = ir::Variable::make(Halide::Int(32), all.group);
    std::vector<Part> parts;
    for (const Chain& chain : chains) {
      const bool alone = chain.launches.size() == 1;
      const Launch& launch = list_.launches[chain.launches.front()];
      const Halide::Expr begin = all.groups, groups = alone ? launch.groups : Halide::Expr(1);
      all.groups = ir::simplify(begin + groups);
      parts.push_back(
          {begin, all.groups,
           alone ? std::vector{body_of(launch, all, ir::simplify(group - begin))} : segments_of(chain, all)});
    }
    all.body = body_of(parts, group);
    return all;
  }

  /// What groups of one launch do that begin and end at these numbers; between two segments all threads meet.
  struct Part {
    Halide::Expr begin, end;
    std::vector<Stmt> segments;
  };

  /// All groups meet as often as those that must, outside of every condition: PoCL's compiler takes what a first thread finds in a
  /// condition behind a barrier in a condition for what all find.
  static Stmt body_of(const std::vector<Part>& parts, const Halide::Expr& group) {
    const Stmt barrier = ir::Evaluate::make(ir::Call::make(Halide::Int(32), ir::Call::gpu_thread_barrier,
                                                           {ir::CodeGen_GPU_Dev::Device}, ir::Call::Intrinsic));
    size_t most = 0;
    for (const Part& part : parts) most = std::max(most, part.segments.size());
    std::vector<Stmt> steps;
    for (size_t segment = 0; segment < most; ++segment) {
      if (segment > 0) steps.push_back(barrier);
      Stmt chosen;
      for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        if (segment >= part->segments.size()) continue;
        const bool is_last = part == parts.rbegin(), is_first = part + 1 == parts.rend();
        const Halide::Expr is_here =
            (is_first ? ir::const_true() : part->begin <= group) && (is_last ? ir::const_true() : group < part->end);
        chosen = parts.size() == 1 ? part->segments[segment]
                                   : ir::IfThenElse::make(ir::simplify(is_here), part->segments[segment], chosen);
      }
      steps.push_back(chosen);
    }
    return ir::Block::make(steps);
  }

  /// Of one alone every group has its own threads; in a chain one does what all groups would.
  double longest_of(const Chain& chain) const {
    if (chain.launches.size() == 1) return list_.launches[chain.launches.front()].longest;
    double longest = 0;
    for (const size_t number : chain.launches) {
      const Launch& one = list_.launches[number];
      longest += one.longest * one.threads_in_all() / static_cast<double>(one.threads);
    }
    return longest;
  }

  /// What a thread of the merged launch does for the group of that number of one that it is made of.
  static Stmt body_of(const Launch& one, const Launch& all, const Halide::Expr& group) {
    const Halide::Expr thread = ir::Variable::make(Halide::Int(32), all.thread);
    Stmt body = ir::substitute({{one.group, group}, {one.thread, thread}}, one.body);
    if (one.threads < all.threads) body = ir::IfThenElse::make(thread < static_cast<int>(one.threads), body);
    return if_going_on(body);
  }

  /// Threads meet between what one stores and another reads.
  std::vector<Stmt> segments_of(const Chain& chain, const Launch& all) const {
    std::vector<Stmt> segments, steps;
    size_t met = 0;  // by number in the chain: all before it are done by all threads
    for (size_t number = 0; number < chain.launches.size(); ++number) {
      const Launch& one = list_.launches[chain.launches[number]];
      for (size_t earlier = met; earlier < number; ++earlier)
        if (relation(list_.launches[chain.launches[earlier]], one) != Relation::None) {
          segments.push_back(ir::Block::make(std::exchange(steps, {})));
          met = number;
          break;
        }
      if (ir::is_const_one(one.groups)) {
        steps.push_back(body_of(one, all, 0));
        continue;
      }
      const std::string loop = one.group + ".of_one";
      steps.push_back(ir::For::make(loop, 0, one.groups, ir::ForType::Serial, Halide::Partition::Never,
                                    Halide::DeviceAPI::None,
                                    body_of(one, all, ir::Variable::make(Halide::Int(32), loop))));
    }
    segments.push_back(ir::Block::make(steps));
    return segments;
  }

  LaunchList list_;
  const SameMemory& same_;
  std::vector<std::vector<Chain>> phases_;      ///< each becomes a launch
  std::vector<std::set<std::string>> buffers_;  ///< that each uses
  std::vector<size_t> phase_;                   ///< of each launch that is put
};

/// One thread goes through all, the first last, so that what it finds there stands in the end.
Launch looking_at(const std::vector<LookedAt>& looked_at, Halide::DeviceAPI api) {
  Launch launch{looked_at.front().buffer + ".look.block_id_x", made_thread, 1, 1, api, {}, {}, {flag_name}};
  std::vector<Stmt> steps;
  for (size_t place = looked_at.size(); place-- > 0;) {
    const LookedAt& one = looked_at[place];
    launch.reads.insert(one.buffer);
    const std::string index = one.buffer + ".looked_at";
    const auto make_load = [&](const Halide::Type& type, const std::string& name, const Halide::Expr& at) {
      return ir::Load::make(type, name, at, Halide::Buffer<>(), Halide::Parameter(), ir::const_true(),
                            ir::ModulusRemainder());
    };
    const Halide::Expr number = make_load(Halide::Float(32), one.buffer, ir::Variable::make(Halide::Int(32), index));
    const Halide::Expr bits =
        ir::Reinterpret::make(Halide::UInt(32), number) & ir::make_const(Halide::UInt(32), 0x7fffffff);
    const Stmt store = ir::Store::make(flag_name, static_cast<int>(looked_at.size() - place), 0, Halide::Parameter(),
                                       ir::const_true(), ir::ModulusRemainder());
    steps.push_back(ir::For::make(index, 0, static_cast<int>(one.count), ir::ForType::Serial, Halide::Partition::Never,
                                  Halide::DeviceAPI::None,
                                  ir::IfThenElse::make(ir::make_const(Halide::UInt(32), 0x7f800000) <= bits, store)));
  }
  launch.body = ir::Block::make(steps);
  return launch;
}

class MergeLaunches : public ir::IRMutator {
 public:
  MergeLaunches(SameMemory same, std::vector<LookedAt> looked_at, AddLaunches add, DeviceUse& use)
      : same_(std::move(same)), looked_at_(std::move(looked_at)), add_(std::move(add)), use_(use) {}
  using ir::IRMutator::mutate;
  Stmt mutate(const Stmt& statement) override {
    std::optional<LaunchList> list = launches_of(statement);
    if (!list) {
      std::ostringstream text;
      text << statement;
      check(false, "halide: a statement that is not made of launches:\n" + text.str());
    }
    add_(*list);
    if (!looked_at_.empty()) list->launches.push_back(looking_at(looked_at_, list->launches.front().api));
    for (Launch& launch : list->launches) {
      launch.longest = thread_operations(launch.body);
      launch.operations = launch.longest * launch.threads_in_all();
    }
    const LaunchList merged = Merging(std::move(*list), same_).run();
    for (const Launch& launch : merged.launches)
      use_.push_back({launch.threads, thread_words(launch.body), launch.operations, launch.longest});
    return statement_of(merged);
  }

 private:
  SameMemory same_;
  std::vector<LookedAt> looked_at_;
  AddLaunches add_;
  DeviceUse& use_;
};

}  // namespace

void merge_launches(Halide::Pipeline& pipeline, SameMemory same, std::vector<LookedAt> looked_at, AddLaunches add,
                    DeviceUse& use) {
  pipeline.add_custom_lowering_pass(new MergeLaunches(std::move(same), std::move(looked_at), std::move(add), use));
}

}  // namespace dnnc
