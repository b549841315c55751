#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "test/unit/runtime/attacked_files.h"
#include "test/unit/runtime/loading.h"

// Gives the reader of one kind of file (DNNC_FUZZED) whatever libFuzzer invents in the place of a good file.
namespace {

using namespace dnnc::runtime;

AttackedFile find_file(const Folder& folder) {
  for (AttackedFile& file : attacked_files(folder)) {
    if (file.name != DNNC_FUZZED) continue;
    if (file.sealed) file.expected = nullptr;
    return std::move(file);
  }
  std::abort();
}

const AttackedFile& fuzzed_file() {
  static const Folder folder;
  static const AttackedFile file = find_file(folder);
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const AttackedFile& file = fuzzed_file();
  const Outcome outcome = attack(file, std::string(reinterpret_cast<const char*>(data), size));
  if (outcome.fault.empty()) return 0;
  std::fprintf(stderr, "%s: %s\n", file.name.c_str(), outcome.fault.c_str());
  std::abort();
}

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

/// An empty corpus begins with the good file.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned) {
  const std::string& good = fuzzed_file().good;
  if (size > 1 || good.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, good.data(), good.size());
  return good.size();
}
