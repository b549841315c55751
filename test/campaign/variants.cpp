#include "test/campaign/variants.h"

#include <fmt/core.h>

#include <cstring>
#include <filesystem>

#include "runtime/program/threads.h"
#include "test/campaign/rounds.h"

namespace dnnc::campaign {
namespace {

/// A way to make the program.
struct Variant {
  std::string name;
  test::Making making;
  std::set<std::string> without;  ///< passes
  int threads = 2;
};

/// Everything that a program gives over all its rounds.
using Trace = std::vector<Values>;

Trace trace_of(const Model& model, const Training& training, const Variant& variant, const Inputs& inputs) {
  Trace trace;
  runtime::set_threads(variant.threads);
  run_rounds(entries_of(model, training, variant.without), variant.making, inputs, [&](const Round& round) {
    trace.insert(trace.end(), round.outputs.begin(), round.outputs.end());
    return true;
  });
  return trace;
}

bool same_bits(const Values& a, const Values& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

/// Each node becomes a kernel of its own.
test::Making without_fusion(test::Making making) {
  making.limits = {0, 0, false};
  return making;
}

/// What gives the same bits, the first and all others.
std::vector<std::vector<Variant>> equal_variants(const test::Making& usual, const std::string& folder) {
  std::vector<Variant> variants = {{"", usual, {}, 2}};
  const auto add = [&](const std::string& name) -> Variant& {
    variants.push_back({name, usual, {}, 2});
    return variants.back();
  };
  for (const int threads : {1, 4, 8}) add(fmt::format("on {} threads", threads)).threads = threads;
  add("without a cache").making.cache = "";
  add("linked").making.library = folder + "/program.so";
  const test::Making alone = without_fusion(usual);
  return {variants,
          {{"without fusion", alone, {}, 2}, {"without fusion and merge_duplicates", alone, {"merge_duplicates"}, 2}}};
}

std::vector<Variant> close_variants(const test::Making& usual, Choices& choices, int schedules) {
  std::vector<Variant> variants = {{"without fusion", without_fusion(usual), {}, 2}};
  for (const char* pass : {"stabilize", "simplify", "merge_duplicates"})
    variants.push_back({std::string("without ") + pass, usual, {pass}, 2});
  for (int number = 0; number < schedules; ++number) {
    Variant variant{"", usual, {}, static_cast<int>(choices.between(1, 4))};
    variant.making.one_object = true;  // no kernel of it is in the cache
    auto& target = std::get<CpuTarget>(variant.making.target);
    target.vector_floats = choices.one_of(std::vector<int>{8, 4, 16});
    target.vector_registers = static_cast<int>(choices.between(6, 32));
    variant.making.limits = {choices.between(0, 30'000), choices.between(0, 60'000)};
    variant.name =
        fmt::format("for {} lanes, {} registers, fused below {} and {}", target.vector_floats, target.vector_registers,
                    variant.making.limits.tiny_work, variant.making.limits.small_work);
    variants.push_back(std::move(variant));
  }
  return variants;
}

/// Each of them gives the bits of the first.
Report with_equal(const Model& model, const Training& training, const std::vector<Variant>& variants,
                  const Inputs& inputs, Report report) {
  const Trace expected = trace_of(model, training, variants[0], inputs);
  for (size_t number = 1; number < variants.size(); ++number) {
    const Trace computed = trace_of(model, training, variants[number], inputs);
    for (size_t place = 0; place < expected.size(); ++place) {
      report.elements += static_cast<int64_t>(expected[place].size());
      if (same_bits(computed.at(place), expected[place])) continue;
      report.verdict = "other bits";
      report.detail = fmt::format("{}: output {} of all rounds", variants[number].name, place);
      return report;
    }
  }
  return report;
}

Report with_variants(const Model& model, const Training& training, Choices& choices, const VariantOptions& options,
                     Report report) {
  const std::vector<EntryGraph> entries = entries_of(model, training);
  for (const EntryGraph& entry : entries)
    if (unsupported(entry.graph)) {
      report.verdict = "interpreted";
      return report;
    }
  const Inputs inputs = inputs_of(model, training, plain_entries_of(model, training));
  const test::Making usual{{}, host_target(), options.folder + "/cache", "", false};
  for (const std::vector<Variant>& variants : equal_variants(usual, options.folder)) {
    report = with_equal(model, training, variants, inputs, std::move(report));
    if (report.fault()) return report;
  }
  for (const Variant& variant : close_variants(usual, choices, options.schedules)) {
    runtime::set_threads(variant.threads);
    report = with_kernels(entries_of(model, training, variant.without), inputs, variant.making, std::move(report));
    if (!report.fault()) continue;
    report.detail = variant.name + ": " + report.detail;
    return report;
  }
  return report;
}

}  // namespace

Report check_variants(const CheckedProgram& program, Choices& choices, const VariantOptions& options) {
  Report report;
  std::filesystem::create_directories(options.folder);
  if (const std::string error = program.error(); !error.empty()) report.verdict = "rejected";
  else
    for (const Training& training : program.model().trainings)
      if (!report.fault()) report = with_variants(program.model(), training, choices, options, std::move(report));
  std::filesystem::remove_all(options.folder);
  return report;
}

}  // namespace dnnc::campaign
