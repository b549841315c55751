#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compiler/driver/session.h"

namespace dnnc {

/// Makes the report of the records in a folder, again and again where a training goes on: its program is checked and its data are
/// loaded once.
class ReportMaker {
 public:
  /// `session` must outlive it.
  ReportMaker(Session& session, std::string folder);
  ~ReportMaker();
  ReportMaker(const ReportMaker&) = delete;
  ReportMaker& operator=(const ReportMaker&) = delete;

  /// What the page shows, as the records are now. Throws Failure where there is none. `live`: it is served.
  nlohmann::json view(bool live);

 private:
  struct Program;
  Session& session_;
  std::string folder_;
  std::unique_ptr<Program> program_;  ///< of the records that were read last
};

}  // namespace dnnc
