#include "runtime/files/inflate.h"

#include <zlib.h>

#include <algorithm>

#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// zlib's state, put away in any case.
class Inflater {
 public:
  explicit Inflater(int window_bits) : ready_(inflateInit2(&stream_, window_bits) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  bool ready() const { return ready_; }
  z_stream& stream() { return stream_; }

 private:
  z_stream stream_{};
  bool ready_;
};

constexpr size_t inflate_step = size_t{1} << 20;

[[noreturn]] void refuse_packed(const std::string& file, const char* what) {
  throw Failure(exit_wrong, file + ": " + what);
}

/// zlib counts in 32 bits: the input is given in pieces.
void give_input(z_stream& stream, const char*& data, size_t& bytes) {
  if (stream.avail_in > 0) return;
  const size_t piece = std::min(bytes, size_t{1} << 30);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data));
  stream.avail_in = static_cast<uInt>(piece);
  data += piece;
  bytes -= piece;
}

/// Inflates until the stream, and for gzip the last member, ends. `members` says whether another may follow.
std::vector<char> inflate_all(const char* data, size_t bytes, size_t most_bytes, int window_bits, bool members,
                              const std::string& file) {
  Inflater inflater(window_bits);
  if (!inflater.ready()) refuse_packed(file, "no memory to unpack it");
  z_stream& stream = inflater.stream();
  std::vector<char> out;
  size_t filled = 0;
  while (true) {
    give_input(stream, data, bytes);
    if (filled == out.size()) {
      const size_t more = std::min(filled + std::max(filled / 2, inflate_step), most_bytes + 1);
      expect_memory(static_cast<int64_t>(more), file);  // the old place is free only when the new one is full
      out.resize(more);
    }
    const size_t room = std::min(out.size() - filled, size_t{1} << 30);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    filled += room - stream.avail_out;
    if (filled > most_bytes) refuse_packed(file, "unpacks to more bytes than it says");
    if (result == Z_STREAM_END) {
      const bool more = members && (stream.avail_in > 0 || bytes > 0);
      if (!more) break;
      if (inflateReset(&stream) != Z_OK) refuse_packed(file, "is damaged: its packed data do not unpack");
    } else if (result != Z_OK) {
      const bool cut = result == Z_BUF_ERROR && stream.avail_in == 0 && bytes == 0;
      refuse_packed(file, cut ? "ends in the middle of its packed data" : "is damaged: its packed data do not unpack");
    }
  }
  out.resize(filled);
  return out;
}

}  // namespace

uint64_t most_inflated(uint64_t packed_bytes) {
  constexpr uint64_t most_ratio = 1032;  // a match of 258 bytes in two bits
  return packed_bytes > UINT64_MAX / most_ratio - 1 ? UINT64_MAX : (packed_bytes + 1) * most_ratio;
}

std::vector<char> gunzip(const char* data, size_t bytes, size_t most_bytes, const std::string& file) {
  return inflate_all(data, bytes, most_bytes, 15 + 16, true, file);
}

std::vector<char> gunzip_start(const char* data, size_t bytes, size_t most_bytes) {
  Inflater inflater(15 + 16);
  std::vector<char> out(most_bytes);
  if (!inflater.ready()) return {};
  z_stream& stream = inflater.stream();
  give_input(stream, data, bytes);
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_SYNC_FLUSH);
  out.resize(out.size() - stream.avail_out);
  return out;
}

std::vector<char> inflate_raw(const char* data, size_t bytes, size_t inflated_bytes, const std::string& file) {
  std::vector<char> out = inflate_all(data, bytes, inflated_bytes, -15, false, file);
  if (out.size() != inflated_bytes) refuse_packed(file, "unpacks to fewer bytes than it says");
  return out;
}

bool is_gzip(const char* data, size_t bytes) {
  return bytes >= 2 && static_cast<unsigned char>(data[0]) == 0x1f && static_cast<unsigned char>(data[1]) == 0x8b;
}

}  // namespace dnnc::runtime
