#pragma once
#include <string>

#include "runtime/data/table.h"
#include "runtime/files/files.h"

namespace dnnc::runtime {

/// What a table's file holds as UTF-8, unpacked if it is packed with gzip, and its name for messages.
struct TableFile {
  std::string path;
  FileBytes bytes;
  TableText text() const { return {path, {bytes->data(), bytes->size()}}; }
};

/// The file at a path, or with `-` the standard input, which is read once. The source says how it is written.
TableFile read_table_file(const std::string& path, const DataValue& source);
/// The same of bytes that have been read already.
TableFile table_file(const std::string& path, FileBytes bytes, const DataValue& source);

}  // namespace dnnc::runtime
