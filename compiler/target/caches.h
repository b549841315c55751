#pragma once
#include "compiler/target/cpu_target.h"

namespace dnnc {

/// What a system says of a data cache; 0 or less: nothing.
struct CacheFigures {
  int64_t bytes = 0, ways = 0, line_bytes = 0;
};

/// The caches of a processor with these two levels. A level of which the figures cannot be those of a cache is taken as
/// measured, and so is the table of pages, of which systems say nothing.
Caches caches_of(const CacheFigures& first, const CacheFigures& second);

/// Those of this processor.
Caches host_caches();

}  // namespace dnnc
