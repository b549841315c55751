#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "compiler/driver/emit.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/syntax/units.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// From the first to the last call that knows a buffer, both included.
struct Life {
  double first = 0, last = 0;
};

std::map<BufferId, Life> lives_of(const Plan& plan, const Entry& entry) {
  const auto calls = static_cast<double>(entry.calls.size());
  std::map<BufferId, Life> lives;
  const auto use = [&](BufferId buffer, double at) {
    const auto [life, fresh] = lives.try_emplace(buffer, Life{at, at});
    if (fresh) return;
    life->second.first = std::min(life->second.first, at);
    life->second.last = std::max(life->second.last, at);
  };
  for (size_t k = 0; k < entry.calls.size(); ++k)
    for (const BufferId buffer : entry.calls[k].buffers) use(buffer, static_cast<double>(k));
  for (const Entry::Port& port : entry.inputs) use(port.buffer, 0);
  for (const Entry::Port& port : entry.outputs) use(port.buffer, calls - 1);
  for (const Entry::Guard& guard : entry.guards) use(guard.buffer, calls - 1);
  for (auto& [buffer, life] : lives)
    if (plan.buffers[buffer].offset < plan.kept_bytes) life = {0, calls - 1};
  return lives;
}

/// Such that the numbers of an axis are neither small nor long.
Unit unit_for(double bytes) {
  Unit best = units().front();
  for (const Unit& unit : units())
    if (!unit.of_time && std::string_view(unit.name).ends_with("iB") && bytes >= 8 * unit.factor) best = unit;
  return best;
}

}  // namespace

std::optional<chart::Figure> plot_memory(Session& session) {
  const std::optional<Model> model = read_model(session);
  if (!model) return std::nullopt;
  const Training& training = chosen_run(session, *model);
  tell_of_other_runs(session, *model);
  if (!can_be_compiled(session, *model, training)) return std::nullopt;
  const Session::Quietly as_all_has_been_shown(session);
  const Plan planned = plan(entry_graphs(session, *model, training), chosen_target(session));
  const auto entry = std::ranges::find(planned.entries, EntryKind::Train, &Entry::kind);
  if (entry == planned.entries.end())
    throw runtime::Failure(runtime::exit_wrong, training.name + ": no step of training computes anything");
  const Unit unit = unit_for(static_cast<double>(planned.arena_bytes));
  chart::Boxes kept{"kept between steps", {chart::Role::Kept}, {}},
      passing{"of this step alone", {chart::Role::Passing}, {}};
  double busiest = 0;
  std::vector<double> used(entry->calls.size(), 0);
  for (const auto& [id, life] : lives_of(planned, *entry)) {
    const Buffer& buffer = planned.buffers[id];
    if (buffer.bytes == 0) continue;
    const bool stays = buffer.offset < planned.kept_bytes;
    (stays ? kept : passing)
        .boxes.push_back({life.first + 0.5, life.last + 1.5, static_cast<double>(buffer.offset) / unit.factor,
                          static_cast<double>(buffer.offset + buffer.bytes) / unit.factor, buffer.name});
    for (double call = life.first; call <= life.last && !used.empty(); ++call)
      busiest = std::max(busiest, used[static_cast<size_t>(call)] += static_cast<double>(buffer.bytes));
  }
  chart::Plot plot{.x = {.title = "call of a kernel within a step", .whole = true},
                   .y = {.title = "place in memory", .unit = unit.name, .low = 0},
                   .marks = {kept, passing}};
  chart::Figure figure{"Memory of a step of " + training.name,
                       fmt::format("{} {} in all, {} of them kept; at most {} are in use at once",
                                   chart::number_text(static_cast<double>(planned.arena_bytes) / unit.factor),
                                   unit.name, chart::number_text(static_cast<double>(planned.kept_bytes) / unit.factor),
                                   chart::number_text(busiest / unit.factor)),
                       1,
                       {}};
  figure.panels.push_back({"", plot});
  return figure;
}

}  // namespace dnnc
