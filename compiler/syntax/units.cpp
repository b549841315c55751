#include "compiler/syntax/units.h"

#include "runtime/program/time_units.h"

namespace dnnc {

const std::vector<Unit>& units() {
  static const std::vector<Unit> all = [] {
    std::vector<Unit> units{{"B", 1},        {"kB", 1e3},     {"MB", 1e6},    {"GB", 1e9},
                            {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}};
    for (const auto& [name, seconds] : runtime::time_units) units.push_back({name, seconds, true});
    return units;
  }();
  return all;
}

const Unit* find_unit(const std::string& name) {
  for (const Unit& unit : units())
    if (name == unit.name) return &unit;
  return nullptr;
}

std::optional<double> unit_factor(const std::string& name) {
  const Unit* unit = find_unit(name);
  return unit ? std::optional(unit->factor) : std::nullopt;
}

}  // namespace dnnc
