#pragma once
#include <string>
#include <vector>

namespace dnnc::runtime {

/// The whole file. Throws Failure with the path and the system's reason.
std::vector<char> read_file(const std::string& path);

/// Writes beside the file, syncs, renames: the old file or the new one, never a part. Throws Failure.
void write_file(const std::string& path, const char* data, size_t bytes);

/// Whether `write_file` may write there, asked before long work is done for it; changes nothing. Throws Failure as that
/// would.
void expect_writable(const std::string& path);

}  // namespace dnnc::runtime
