#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// The most that so many deflated bytes can hold: the form packs no better. What says more is no honest file, so that
/// this is asked before memory is.
uint64_t most_inflated(uint64_t packed_bytes);

/// The bytes of a gzip file (which may have several members). At most `most_bytes` are made of it: a file that holds
/// more is refused. Throws Failure(exit_wrong) that names `file`.
std::vector<char> gunzip(const char* data, size_t bytes, size_t most_bytes, const std::string& file);

/// The first bytes of what a gzip file holds, at most `most_bytes` of them; fewer if the file is short or damaged.
std::vector<char> gunzip_start(const char* data, size_t bytes, size_t most_bytes);

/// The bytes of raw deflate data whose length is known, as zip archives hold them.
std::vector<char> inflate_raw(const char* data, size_t bytes, size_t inflated_bytes, const std::string& file);

/// Whether these are the first bytes of a gzip file.
bool is_gzip(const char* data, size_t bytes);

}  // namespace dnnc::runtime
