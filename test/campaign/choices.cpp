#include "test/campaign/choices.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "compiler/support/check.h"

namespace dnnc::campaign {
namespace {

constexpr uint64_t stream = 0x63616d706169676eull;

using List = std::vector<uint32_t>;
using Fails = std::function<bool(const List&)>;
using Deadline = std::chrono::steady_clock::time_point;

bool over(Deadline deadline) { return std::chrono::steady_clock::now() >= deadline; }

/// Takes out runs of `size` choices, from the back.
bool drop_runs(List& choices, size_t size, const Fails& fails, Deadline deadline) {
  bool smaller = false;
  for (size_t end = choices.size(); end >= size && !over(deadline);) {
    List fewer = choices;
    fewer.erase(fewer.begin() + static_cast<long>(end - size), fewer.begin() + static_cast<long>(end));
    if (fails(fewer)) {
      choices = std::move(fewer);
      smaller = true;
      end = std::min(end, choices.size());
    } else {
      --end;
    }
    if (end > choices.size()) end = choices.size();
  }
  return smaller;
}

/// Makes each choice 0, then half, then one less.
bool lower_each(List& choices, const Fails& fails, Deadline deadline) {
  bool smaller = false;
  for (size_t place = 0; place < choices.size() && !over(deadline); ++place) {
    for (const uint32_t lower : {uint32_t{0}, choices[place] / 2, choices[place] - 1}) {
      if (lower >= choices[place]) continue;
      List changed = choices;
      changed[place] = lower;
      if (!fails(changed)) continue;
      choices = std::move(changed);
      smaller = true;
      break;
    }
  }
  return smaller;
}

}  // namespace

struct Tape::Memory {
  uint32_t count, text_size;
  uint32_t choices[1 << 16];
  char text[1 << 18];
};

Tape::Tape() {
  void* memory = mmap(nullptr, sizeof(Memory), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  check(memory != MAP_FAILED, "campaign: no memory");
  memory_ = static_cast<Memory*>(memory);
}
Tape::~Tape() { munmap(memory_, sizeof(Memory)); }

void Tape::add(uint32_t choice) {
  check(memory_->count < std::size(memory_->choices), "campaign: a program of too many choices");
  memory_->choices[memory_->count++] = choice;
}
void Tape::note(const std::string& text) {
  memory_->text_size = static_cast<uint32_t>(std::min(text.size(), sizeof memory_->text));
  std::memcpy(memory_->text, text.data(), memory_->text_size);
}
List Tape::choices() const { return {memory_->choices, memory_->choices + memory_->count}; }
std::string Tape::noted() const { return {memory_->text, memory_->text_size}; }

Choices::Choices(uint64_t seed, Tape* tape) : drawn_(true), random_(seed, stream), tape_(tape) {}
Choices::Choices(List given, Tape* tape) : random_(0, stream), given_(std::move(given)), tape_(tape) {}

uint32_t Choices::below(uint32_t bound) {
  if (bound <= 1) return 0;  // no choice
  uint32_t value = 0;
  if (drawn_) value = random_.below(bound);
  else if (made_ < given_.size()) value = std::min(given_[made_], bound - 1);
  ++made_;
  if (tape_) tape_->add(value);
  return value;
}

int64_t Choices::between(int64_t low, int64_t high) { return low + below(static_cast<uint32_t>(high - low + 1)); }

bool Choices::chance(uint32_t of) { return of <= 1 || below(of) == of - 1; }

List shrink(List choices, const Fails& fails, Deadline deadline) {
  for (bool smaller = true; smaller && !over(deadline);) {
    smaller = false;
    for (const size_t size : {32, 8, 4, 2, 1}) smaller = drop_runs(choices, size, fails, deadline) || smaller;
    smaller = lower_each(choices, fails, deadline) || smaller;
  }
  return choices;
}

}  // namespace dnnc::campaign
