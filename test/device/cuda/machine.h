#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ptx.h"

// Runs kernels, thread after thread, and looks whether another order could give something else.
namespace ptx {

/// Memory of the device: who has stored each word of it, and who has read it.
struct Allocation {
  struct Use {
    uint32_t launch = 0, block = 0, thread = 0, phase = 0;
  };
  struct Word {
    Use stored, read;
    bool many_read = false;         ///< more than one thread in that launch
    uint32_t read_only_launch = 0;  ///< the last one that read it as what nothing changes
  };
  uint64_t begin = 0, bytes = 0;
  std::vector<Word> words = {};
  /// The same of numbers shorter than a word, by their place: threads may store those of one word.
  std::unordered_map<uint64_t, Word> short_numbers = {};
  Word& word(uint64_t address, int bits) {
    return bits < 32 ? short_numbers[address - begin] : words[(address - begin) / 4];
  }
  bool holds(uint64_t address, uint64_t count) const { return begin <= address && address + count <= begin + bytes; }
};

struct Launch {
  const Kernel* kernel;
  uint32_t blocks[3], threads[3];
  std::vector<uint8_t> arguments;  ///< one behind the other
};

/// What threads have done.
struct Done {
  uint64_t instructions = 0, loads = 0, stores = 0;
};

/// Throws Fault. Adds to what was done.
void run(const Launch& launch, uint32_t number, std::vector<Allocation*> memory, Done& done);

}  // namespace ptx
