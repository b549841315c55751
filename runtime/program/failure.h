#pragma once
#include <stdexcept>
#include <string>

#include "runtime/program/exit_codes.h"
#include "runtime/program/shown.h"

namespace dnnc::runtime {

/// Something the user can mend. The message is whole: it names file and place.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& message) : std::runtime_error(showable(message)), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// One that came while a step was stored: some weights are those after it, others those before it.
class HalfStored : public Failure {
 public:
  explicit HalfStored(const Failure& failure) : Failure(failure) {}
};

}  // namespace dnnc::runtime
