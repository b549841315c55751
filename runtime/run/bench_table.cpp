#include "runtime/run/bench_table.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/program/shown.h"
#include "runtime/run/bench_loops.h"
#include "runtime/run/events.h"
#include "runtime/run/report.h"

extern "C" __attribute__((weak)) const dnnc::runtime::LoopTable dnnc_loop_table;

namespace dnnc::runtime {
namespace {

/// Null where the program has no loops and was linked without it, or has none.
const LoopTable* loop_table(const BenchFigures& figures) {
  const LoopTable* const table = &dnnc_loop_table;
  return has_loops(figures.entry) ? table : nullptr;
}

__attribute__((format(printf, 1, 2))) std::string formatted(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

/// One call with its figures; what does not apply to its kind or could not be measured is NaN.
struct Row {
  const CallInfo& call;
  double seconds, share, flops, bytes, flops_a_second, of_peak, bytes_a_second;
};

bool is_contraction(const CallInfo& call) { return call.kind == KernelClass::Contraction && call.flops > 0; }

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::vector<Row> rows_of(const BenchFigures& figures) {
  const double all = sum(figures.call_seconds);
  std::vector<Row> rows;
  for (size_t number = 0; number < figures.entry.calls.size(); ++number) {
    const CallInfo& call = figures.entry.calls[number];
    const double seconds = figures.call_seconds[number];
    const double flops = figures.flops(number), bytes = figures.bytes(number);
    const double flops_a_second = is_contraction(call) && seconds > 0 ? flops / seconds : NAN;
    const double bytes_a_second = !is_contraction(call) && seconds > 0 ? bytes / seconds : NAN;
    rows.push_back({call, seconds, all > 0 ? seconds / all : 0, flops, bytes, flops_a_second,
                    flops_a_second / figures.peak, bytes_a_second});
  }
  return rows;
}

/// Indices of the rows, that which takes most time first.
std::vector<size_t> by_time(const std::vector<Row>& rows) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return rows[a].seconds > rows[b].seconds; });
  return order;
}

/// A number and its unit, or blanks as wide.
std::string cell(int width, const char* format, double value) {
  char text[32] = "";
  if (std::isfinite(value)) std::snprintf(text, sizeof text, format, value);
  return formatted("%*s", width, text);
}

std::string row_text(const Row& row, bool peak, int kernel_width, int name_width) {
  return formatted("%5.1f%% %11s ", 100 * row.share, duration(row.seconds).c_str()) +
         cell(9, "%.1f", row.flops_a_second / 1e9) + (peak ? cell(7, "%.1f%%", 100 * row.of_peak) : "") +
         cell(8, "%.1f", row.bytes_a_second / 1e9) +
         formatted("  %-11s %-*.*s  %-*s  ", word_of(row.call.kind), kernel_width, kernel_width,
                   row.call.kernel.c_str(), name_width, row.call.name.c_str()) +
         shown(row.call.place) + "\n";
}

/// Share of the peak that all contractions reach together.
double contractions_of_peak(const std::vector<Row>& rows, double peak) {
  double flops = 0, seconds = 0;
  for (const Row& row : rows) {
    if (!is_contraction(row.call)) continue;
    flops += row.flops;
    seconds += row.seconds;
  }
  return seconds > 0 ? flops / seconds / peak : NAN;
}

struct Part {
  const char* name;
  double seconds, seconds_on_one;
};
std::vector<Part> parts_of(const BenchFigures& figures) {
  const StepSeconds &step = figures.step, &on_one = figures.step_on_one;
  return {{"gather", step.gather, on_one.gather},
          {"kernels", step.kernels, on_one.kernels},
          {"guard", step.guard, on_one.guard},
          {"bookkeeping", step.bookkeeping(), on_one.bookkeeping()}};
}

/// A column of times and shares for one thread and, where there are more, another for all.
std::string parts_text(const BenchFigures& figures) {
  const bool both = figures.threads > 1;
  std::string text = formatted("%-12s %20s", "part of step", figures.device.empty() ? "on one thread" : "takes") +
                     (both ? formatted(" %20s", formatted("on %d threads", figures.threads).c_str()) : "") + "\n";
  for (const Part& part : parts_of(figures)) {
    text += formatted("%-12s %13s %5.1f%%", part.name, duration(part.seconds_on_one).c_str(),
                      100 * part.seconds_on_one / figures.step_on_one.whole);
    if (both)
      text += formatted(" %13s %5.1f%%", duration(part.seconds).c_str(), 100 * part.seconds / figures.step.whole);
    text += "\n";
  }
  return text;
}

std::string closing_text(const BenchFigures& figures, const std::vector<Row>& rows) {
  const double kernels = sum(figures.call_seconds);
  if (!figures.device.empty())
    return formatted("step %s, %.3g examples/s; %zu kernels, each begun when the one before is done, take %s\n",
                     duration(figures.step.whole).c_str(), figures.examples / figures.step.whole, rows.size(),
                     duration(kernels).c_str());
  std::string text = formatted("%zu kernels take %s of a step of %s on one thread", rows.size(),
                               duration(kernels).c_str(), duration(figures.step_on_one.whole).c_str());
  const double of_peak = contractions_of_peak(rows, figures.peak);
  if (std::isfinite(of_peak)) text += formatted("; its contractions reach %.1f%% of the peak", 100 * of_peak);
  text += formatted("\nstep %s on %d thread%s, %.3g examples/s\n", duration(figures.step.whole).c_str(),
                    figures.threads, figures.threads == 1 ? "" : "s", figures.examples / figures.step.whole);
  // What is measured without it differs from run to run, and its parts need not add up.
  if (figures.processor_share < 0.95)
    text += formatted(
        "other programs had the processor for %.0f%% of the time: these figures are not those of a machine at rest\n",
        100 * (1 - figures.processor_share));
  return text;
}

}  // namespace

std::string bench_text(const BenchFigures& figures) {
  const std::vector<Row> rows = rows_of(figures);
  constexpr int kernel_width = 10;  // "k_" and enough of the hash to find it in --emit=kernels
  int name_width = 4;
  for (const Row& row : rows) name_width = std::max(name_width, static_cast<int>(row.call.name.size()));
  name_width = std::min(name_width, 40);
  const bool peak = std::isfinite(figures.peak);
  std::string text =
      "training step of " + figures.manifest.run.name +
      formatted(", batch %lld, target ", static_cast<long long>(figures.entry.batch)) + figures.manifest.machine.name +
      (peak ? formatted("; peak of one core %.1f GFLOP/s\n\n", figures.peak / 1e9)
            : " on " + shown(figures.device) + "\n\n") +
      formatted("%6s %11s %9s%s %7s  kind        %-*s  %-*s  %s\n", "share", "time", "GFLOP/s", peak ? "   peak" : "",
                "GB/s", kernel_width, "kernel", name_width, "first result", "line");
  for (const size_t number : by_time(rows)) text += row_text(rows[number], peak, kernel_width, name_width);
  if (const LoopTable* const loops = loop_table(figures)) text += loops->text(figures);
  return text + "\n" + parts_text(figures) + "\n" + closing_text(figures, rows);
}

std::string bench_json(const BenchFigures& figures) {
  const std::vector<Row> rows = rows_of(figures);
  nlohmann::json parts = nlohmann::json::array(), kernels = nlohmann::json::array();
  for (const Part& part : parts_of(figures))
    parts.push_back({{"part", part.name},
                     {"seconds", json_number(part.seconds)},
                     {"seconds_one_thread", json_number(part.seconds_on_one)}});
  for (const size_t number : by_time(rows)) {
    const Row& row = rows[number];
    kernels.push_back({{"kernel", row.call.kernel},
                       {"kind", word_of(row.call.kind)},
                       {"name", row.call.name},
                       {"place", row.call.place},
                       {"seconds", json_number(row.seconds)},
                       {"share", json_number(row.share)},
                       {"flops", json_number(row.flops)},
                       {"bytes", json_number(row.bytes)},
                       {"flops_per_second", json_number(row.flops_a_second)},
                       {"of_peak", json_number(row.of_peak)},
                       {"bytes_per_second", json_number(row.bytes_a_second)}});
  }
  const LoopTable* const loops = loop_table(figures);
  return event_line(Event::Bench, {{"run", figures.manifest.run.name},
                                   {"batch", figures.entry.batch},
                                   {"threads", figures.threads},
                                   {"processor_share", json_number(figures.processor_share)},
                                   {"step_seconds", json_number(figures.step.whole)},
                                   {"step_seconds_one_thread", json_number(figures.step_on_one.whole)},
                                   {"kernel_seconds", json_number(sum(figures.call_seconds))},
                                   {"peak_flops", json_number(figures.peak)},
                                   {"parts", std::move(parts)},
                                   {"kernels", std::move(kernels)},
                                   {"loops", loops ? loops->json(figures) : nlohmann::json::array()}});
}

}  // namespace dnnc::runtime
