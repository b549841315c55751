#include "test/campaign/log.h"

#include <fmt/core.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "test/campaign/coverage.h"

namespace dnnc::campaign {
namespace {

double percent(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream input(text);
  for (std::string part; std::getline(input, part, at);) parts.push_back(part);
  return parts;
}

}  // namespace

std::string line_of(const LogEntry& entry) {
  const Report& report = entry.report;
  std::string line = fmt::format("{}\t{} {} {} {} {} {} {}\t", report.verdict, report.kernels, report.elements,
                                 report.bounded, report.gradients, report.kinks, entry.statements, report.untold);
  for (const auto& [code, times] : entry.refused) line += fmt::format("{} {} ", code, times);
  line += '\t';
  for (const std::string& use : entry.uses) line += use + ";";
  return line;
}

LogEntry entry_of(const std::string& line) {
  std::vector<std::string> parts = split(line, '\t');
  parts.resize(4);
  LogEntry entry;
  entry.report.verdict = parts[0];
  std::istringstream counts(parts[1]), refused(parts[2]);
  counts >> entry.report.kernels >> entry.report.elements >> entry.report.bounded >> entry.report.gradients >>
      entry.report.kinks >> entry.statements >> entry.report.untold;
  std::string code;
  for (int times = 0; refused >> code >> times;) entry.refused[code] = times;
  for (const std::string& use : split(parts[3], ';')) entry.uses.insert(use);
  return entry;
}

Log read_log(const std::string& file) {
  Log log;
  std::ifstream input(file);
  std::string line;
  for (uint64_t seed = 0; input >> seed && input.get() == '\t' && std::getline(input, line);)
    log[seed] = entry_of(line);
  return log;
}

std::string summary(const Log& log) {
  std::map<std::string, int> verdicts, refused, uses;
  Report all;
  int statements = 0, refusals = 0;
  for (const auto& [seed, entry] : log) {
    ++verdicts[entry.report.verdict];
    all.kernels += entry.report.kernels;
    all.elements += entry.report.elements;
    all.bounded += entry.report.bounded;
    all.gradients += entry.report.gradients;
    all.kinks += entry.report.kinks;
    all.untold += entry.report.untold;
    statements += entry.statements;
    for (const auto& [code, times] : entry.refused) refused[code] += times, refusals += times;
    for (const std::string& use : entry.uses) ++uses[use];
  }
  std::string text = coverage_table(uses);
  text += fmt::format("{} kernels; {} elements compared, {:.2f} % of them within a thousandth of the largest or less\n",
                      all.kernels, all.elements, percent(all.bounded, all.elements));
  text += fmt::format(
      "{} elements of gradients compared with differences, {:.2f} % without a derivative, {:.2f} % lost in "
      "rounding\n",
      all.gradients, percent(all.kinks, all.gradients), percent(all.untold, all.gradients));
  text += fmt::format("statements tried: {}, refused by sema: {:.1f} %:", statements, percent(refusals, statements));
  for (const auto& [code, times] : refused) text += fmt::format(" {} {}", code, times);
  text += "\nprograms:";
  for (const auto& [verdict, times] : verdicts) text += fmt::format(" {} {};", times, verdict);
  return text + "\n";
}

}  // namespace dnnc::campaign
