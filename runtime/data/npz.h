#pragma once
#include <vector>

#include "runtime/data/source.h"
#include "runtime/files/zip.h"

namespace dnnc::runtime {

/// Fields from the arrays of that name in an archive, the examples along the first axis. The examples of a second
/// archive come last and are the test part. Throws Failure with archive, array and element.
LoadedSource load_arrays(const std::vector<RawField>& fields, const std::vector<ZipArchive>& archives);

}  // namespace dnnc::runtime
