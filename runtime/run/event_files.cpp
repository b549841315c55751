#include "runtime/run/event_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// CRC-32C as TFRecord files have it: turned, and with something added.
uint32_t masked_crc(std::string_view bytes) {
  uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc;
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

/// The bytes of a number, the lowest first, as this processor has them.
template <class Number>
std::string raw(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

// ---- protocol buffers: before each field stands its number and how it is written

enum FieldForm : unsigned char { form_varint, form_64_bits, form_bytes, form_32_bits = 5 };
char field(int number, FieldForm form) { return static_cast<char>(number << 3 | form); }

std::string varint(uint64_t number) {
  std::string text;
  for (; number >= 0x80; number >>= 7) text += static_cast<char>(number | 0x80);
  return text + static_cast<char>(number);
}

std::string bytes_field(int number, const std::string& bytes) {
  return field(number, form_bytes) + varint(bytes.size()) + bytes;
}

/// tensorflow.Event of now; what is in it is a field of its own.
std::string event_bytes(int64_t steps, const std::string& what) {
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return field(1, form_64_bits) + raw(now) + field(2, form_varint) + varint(static_cast<uint64_t>(steps)) + what;
}

std::string version_field() { return bytes_field(3, "brain.Event:2"); }
/// SessionLog with the status START.
std::string start_field() { return bytes_field(7, field(1, form_varint) + varint(1)); }
/// Summary.Value with a simple value.
std::string value_field(const std::string& tag, double value) {
  return bytes_field(1, bytes_field(1, tag) + field(2, form_32_bits) + raw(static_cast<float>(value)));
}

void write_event(OutputFile& file, const std::string& event) {
  const std::string length = raw(uint64_t{event.size()});
  file.write(length + raw(masked_crc(length)) + event + raw(masked_crc(event)));
}

void make_folders(const std::string& path) {
  for (size_t end = 1; end != path.npos;) {
    end = path.find('/', end + 1);
    const std::string folder = path.substr(0, end);
    if (::mkdir(folder.c_str(), 0777) != 0 && (errno != EEXIST || !is_folder(folder)))
      throw Failure(exit_input_output, folder + ": cannot make the folder: " + std::strerror(errno));
  }
}

}  // namespace

EventFiles::EventFiles(std::string folder) : folder_(std::move(folder)) { make_folders(folder_); }

/// Several may lie in a folder: the name tells when and by which process it was begun.
std::optional<OutputFile>& EventFiles::file_of(DataPart part) {
  std::optional<OutputFile>& file = files_[static_cast<size_t>(part)];
  if (file) return file;
  const std::string folder = folder_ + "/" + word_of(part);
  make_folders(folder);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  file.emplace(folder + "/events.out.tfevents." +
               std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count()) + ".dnnc." +
               std::to_string(::getpid()));
  write_event(*file, event_bytes(0, version_field()));
  if (resumed_ >= 0) write_event(*file, event_bytes(resumed_ + 1, start_field()));
  return file;
}

void EventFiles::add(DataPart part, int64_t steps, const Numbers& numbers, const char* before) {
  std::string values;
  for (const auto& [name, value] : numbers) values += value_field(before + name, value);
  if (!values.empty()) write_event(*file_of(part), event_bytes(steps, bytes_field(5, values)));
}

}  // namespace dnnc::runtime
