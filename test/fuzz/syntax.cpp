#include <cstdio>
#include <cstdlib>

#include "test/unit/syntax/round_trip.h"

// Lexer, parser and formatter: a text is refused with a message, or its canonical form has the same tree.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const dnnc::RoundTrip trip(std::string(reinterpret_cast<const char*>(data), size));
  if (trip.well_formed == trip.fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", trip.well_formed ? trip.fault.c_str() : "it is refused without a message");
  std::abort();
}
