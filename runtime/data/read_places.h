#pragma once
#include <string>

#include "runtime/files/identity.h"
#include "runtime/program/data_description.h"

namespace dnnc::runtime {

/// Whether the file is one that the source reads, by whatever name: one that the program names, a picture or a file of a set in
/// a folder that it names, or a file of a built-in set. Nothing is read, so this is known where data are not loaded too.
/// `folder` is where relative paths start, `fetched` that of fetched sets.
bool is_read_by(const DataValue& source, const std::string& folder, const std::string& fetched,
                const FileIdentity& file);

}  // namespace dnnc::runtime
