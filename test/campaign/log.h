#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "test/campaign/checks.h"

namespace dnnc::campaign {

/// What is kept of one program: a line of the log.
struct LogEntry {
  Report report;                       ///< without its detail
  int statements = 0;                  ///< of the net that were tried
  std::map<std::string, int> refused;  ///< of these, the codes with which sema refused them, how often
  std::set<std::string> uses;          ///< see coverage_of
};

std::string line_of(const LogEntry& entry);
/// Of a line written by `line_of`; what is cut off is empty.
LogEntry entry_of(const std::string& line);

/// The entries by seed. A seed that stands there twice counts once.
using Log = std::map<uint64_t, LogEntry>;
Log read_log(const std::string& file);

/// Verdicts, what was compared, coverage.
std::string summary(const Log& log);

}  // namespace dnnc::campaign
