#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// Rows that follow each other in memory, at equal distances: a buffer, or a piece of a file that has been read.
struct Segment {
  int64_t first = 0;  ///< number of its first row
  const char* rows = nullptr;
  std::shared_ptr<const void> owner;  ///< keeps `rows`
};

/// One field of a data set, as its source gives it; each row is row-major.
struct FieldData {
  std::string name;
  /// UInt8: images; Int32: classes and integers; Float64: precise ones; Float32: all else.
  Storage storage = Storage::Float32;
  std::vector<int64_t> shape;     ///< of one example
  int64_t count = 1;              ///< elements of one example
  std::vector<Segment> segments;  ///< in order; a set of a training file and a test file has two
  int64_t distance = 0;           ///< in bytes, from a row to the next, where they overlap; 0: they do not
  int64_t row_bytes() const { return count * bytes_of(storage); }
  int64_t row_distance() const { return distance ? distance : row_bytes(); }
  const char* row(int64_t example) const {
    size_t last = segments.size() - 1;
    while (segments[last].first > example) --last;
    return segments[last].rows + (example - segments[last].first) * row_distance();
  }
};

/// Puts the rows `rows[0 ... count)` of a field one after the other at `destination`, in the storage that the program's
/// buffer has. Needs: UInt8 to any, Int32 to Int32 or Float32, Float32 or Float64 to Float32.
void gather_rows(const FieldData& field, const uint32_t* rows, int64_t count, Storage storage, char* destination);

/// Likewise what float32 leaves of each number: all are 0 but those of Float64.
void gather_rests(const FieldData& field, const uint32_t* rows, int64_t count, float* destination);

}  // namespace dnnc::runtime
