#include "compiler/check_gradients/element_order.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "runtime/program/philox.h"

namespace dnnc {
namespace {

/// Places one after the other, each as likely (Fisher and Yates), none twice.
class Shuffled {
 public:
  Shuffled(std::vector<int64_t> places, runtime::RandomSequence& random)
      : places_(std::move(places)), random_(random) {}
  bool has_next() const { return used_ < places_.size(); }
  int64_t next() {
    const uint32_t ahead = random_.below(static_cast<uint32_t>(places_.size() - used_));
    std::swap(places_[used_], places_[used_ + ahead]);
    return places_[used_++];
  }

 private:
  std::vector<int64_t> places_;
  runtime::RandomSequence& random_;
  size_t used_ = 0;
};

}  // namespace

std::vector<int64_t> element_order(const Values& gradient, int64_t most, uint64_t seed, uint64_t stream) {
  const auto count = static_cast<int64_t>(gradient.size());
  std::vector<int64_t> all(gradient.size()), sloped, order;
  std::iota(all.begin(), all.end(), int64_t{0});
  std::ranges::copy_if(all, std::back_inserter(sloped), [&](int64_t place) { return gradient[place] != 0; });
  std::vector<bool> taken(gradient.size(), false);
  const auto take = [&](int64_t place) {
    if (!taken[place]) order.push_back(place);
    taken[place] = true;
  };
  most = std::min(most, count);
  const auto wants_more = [&] { return static_cast<int64_t>(order.size()) < most; };
  for (const int64_t place : {int64_t{0}, count - 1})
    if (wants_more()) take(place);
  runtime::RandomSequence random(seed, stream);
  Shuffled from_sloped(std::move(sloped), random), from_all(std::move(all), random);
  while (wants_more()) {
    if (from_sloped.has_next()) take(from_sloped.next());
    if (from_all.has_next() && wants_more()) take(from_all.next());
  }
  return order;
}

}  // namespace dnnc
