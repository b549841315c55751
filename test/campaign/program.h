#pragma once
#include <map>
#include <string>

#include "test/campaign/choices.h"

namespace dnnc::campaign {

/// A program and how it came about.
struct Program {
  std::string text;
  int statements = 0;                  ///< of the net that were tried
  std::map<std::string, int> refused;  ///< of these, what sema refused: its code and message, how often
};

/// A whole program: definitions, data without files, a net, a training. Whether a statement fits is asked of sema, which
/// also tells the shape it gives; what it refuses is left out.
Program random_program(Choices& choices);

}  // namespace dnnc::campaign
