#include "runtime/program/available_memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// A file of the system's, which says no length; empty if there is none.
std::string text_of(const std::string& path) {
  std::string text;
  std::FILE* const file = std::fopen(path.c_str(), "re");
  if (!file) return text;
  char piece[4096];
  for (size_t got; (got = std::fread(piece, 1, sizeof piece, file)) > 0;) text.append(piece, got);
  std::fclose(file);
  return text;
}

/// The number that the text begins with; -1 if there is none.
int64_t number_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  int64_t number = -1;
  for (const char c : text) {
    if (c < '0' || c > '9') break;
    const int64_t more = std::max<int64_t>(number, 0);
    number = more > (INT64_MAX - 9) / 10 ? INT64_MAX : more * 10 + (c - '0');
  }
  return number;
}

/// That after a word which begins a line; -1 if there is none.
int64_t number_after(const std::string& text, const std::string& word) {
  const size_t at = ("\n" + text).find("\n" + word + " ");
  return at == std::string::npos ? -1 : number_in(std::string_view(text).substr(at + word.size()));
}

void take_less(AvailableMemory& available, int64_t bytes, const char* limit) {
  if (bytes < available.bytes) available = {std::max<int64_t>(bytes, 0), limit};
}

/// Pages of files can be had back, and so can what is in the swap space.
void ask_machine(AvailableMemory& available, const std::string& root) {
  const std::string text = text_of(root + "/proc/meminfo");
  const int64_t kib = number_after(text, "MemAvailable:"), swap = number_after(text, "SwapFree:");
  if (kib >= 0) take_less(available, 1024 * (kib + std::max<int64_t>(swap, 0)), "on this machine");
}

/// What the files of a control group are called.
struct GroupFiles {
  const char *most, *used, *of_files;
};
constexpr GroupFiles first_version = {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
constexpr GroupFiles second_version = {"memory.max", "memory.current", "inactive_file"};

void ask_group(AvailableMemory& available, const std::string& folder, const GroupFiles& files) {
  const int64_t most = number_in(text_of(folder + "/" + files.most)),
                used = number_in(text_of(folder + "/" + files.used));
  if (most < 0 || used < 0) return;
  const int64_t of_files = std::max<int64_t>(number_after(text_of(folder + "/memory.stat"), files.of_files), 0);
  take_less(available, most - std::max<int64_t>(used - of_files, 0), "by the limit of the control group");
}

/// The group and all above it. Within a container the path may be one that is not seen from there: then its own group is on top.
void ask_groups(AvailableMemory& available, const std::string& mount, std::string path, const GroupFiles& files) {
  while (true) {
    ask_group(available, mount + path, files);
    if (path.empty()) return;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
}

/// /proc/self/cgroup has a line for each: "4:memory:/a/b", or "0::/a/b" of the second version.
void ask_all_groups(AvailableMemory& available, const std::string& root) {
  const std::string text = text_of(root + "/proc/self/cgroup"), mount = root + "/sys/fs/cgroup";
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",",
                      path = line.substr(second + 1);
    if (controllers == ",,") ask_groups(available, mount, path, second_version);
    if (controllers.find(",memory,") != std::string::npos)
      ask_groups(available, mount + "/memory", path, first_version);
  }
}

/// The pages that /proc/self/statm counts in one of its columns.
int64_t pages_in(const std::string& statm, int column) {
  std::string_view text = statm;
  for (; column > 0; --column) text.remove_prefix(std::min(text.find(' ') + 1, text.size()));
  return std::max<int64_t>(number_in(text), 0);
}

void ask_limit(AvailableMemory& available, int resource, int64_t pages, const char* limit) {
  struct rlimit most{};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &most) != 0 || most.rlim_cur == RLIM_INFINITY) return;
  const auto bytes = static_cast<int64_t>(std::min<rlim_t>(most.rlim_cur, INT64_MAX));
  take_less(available, bytes - pages * ::sysconf(_SC_PAGESIZE), limit);
}

}  // namespace

std::string size_text(int64_t bytes, const char* unit) {
  char rounded[32];
  const double mib = static_cast<double>(bytes) / (1 << 20);
  std::snprintf(rounded, sizeof rounded, mib < 1024 ? " (%.1f MiB)" : " (%.1f GiB)", mib < 1024 ? mib : mib / 1024);
  return std::to_string(bytes) + unit + rounded;
}

AvailableMemory available_addresses(const std::string& root) {
  AvailableMemory available;
  ask_limit(available, RLIMIT_AS, pages_in(text_of(root + "/proc/self/statm"), 0), "by `ulimit -v`");
  return available;
}

AvailableMemory available_memory(const std::string& root) {
  AvailableMemory available = available_addresses(root);
  ask_limit(available, RLIMIT_DATA, pages_in(text_of(root + "/proc/self/statm"), 5), "by `ulimit -d`");
  ask_machine(available, root);
  ask_all_groups(available, root);
  return available;
}

std::string memory_fault(int64_t bytes, const AvailableMemory& available) {
  return "not enough memory: it takes " + size_text(bytes, " bytes") + ", and " + size_text(available.bytes, "") +
         " are free " + available.limit;
}

bool is_available(int64_t bytes) {
  constexpr int64_t few = int64_t{1} << 20;
  return bytes < few || bytes <= available_memory().bytes;
}

void expect_memory(int64_t bytes, const std::string& what) {
  if (!is_available(bytes)) throw Failure(exit_input_output, what + ": " + memory_fault(bytes, available_memory()));
}

void expect_memory(int64_t bytes, int64_t count, const std::string& what) {
  int64_t all = 0;
  expect_memory(__builtin_mul_overflow(bytes, count, &all) ? INT64_MAX : all, what);
}

}  // namespace dnnc::runtime
