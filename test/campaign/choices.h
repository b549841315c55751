#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/program/philox.h"

namespace dnnc::campaign {

/// Choices as they are made, in memory that a forked child shares with its parent: they outlive a crash. So does a note
/// of what was tried last.
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  void add(uint32_t choice);
  void note(const std::string& text);
  std::vector<uint32_t> choices() const;
  std::string noted() const;

 private:
  struct Memory;
  Memory* memory_;
};

/// What decides about a random program: whole numbers, drawn or given. A program is a function of its choices, and
/// smaller choices make a smaller program, so lists of choices can be shrunk without knowing what they are for.
class Choices {
 public:
  /// Drawn anew.
  explicit Choices(uint64_t seed, Tape* tape = nullptr);
  /// Those of a list; where it ends the rest is 0.
  explicit Choices(std::vector<uint32_t> given, Tape* tape = nullptr);

  /// In [0, bound); 0 should be the simplest case.
  uint32_t below(uint32_t bound);
  /// In [low, high].
  int64_t between(int64_t low, int64_t high);
  /// Holds in one of `of` cases, and never once shrunk.
  bool chance(uint32_t of);
  template <class List>
  const typename List::value_type& one_of(const List& list) {
    return list[below(static_cast<uint32_t>(list.size()))];
  }
  /// Puts the text on the tape.
  void note(const std::string& text) {
    if (tape_) tape_->note(text);
  }

 private:
  bool drawn_ = false;
  runtime::RandomSequence random_;
  std::vector<uint32_t> given_;
  size_t made_ = 0;
  Tape* tape_;
};

/// The smallest list found for which `fails` still holds, as it does for `choices`. Stops at the deadline.
std::vector<uint32_t> shrink(std::vector<uint32_t> choices,
                             const std::function<bool(const std::vector<uint32_t>&)>& fails,
                             std::chrono::steady_clock::time_point deadline);

}  // namespace dnnc::campaign
