// Seconds to read so many bytes once that were read just before, by one thread: read_speed BYTES. Prints the least of many passes.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {
using Vector __attribute__((vector_size(64))) = float;
constexpr int sums = 8;  // additions that do not wait for each other
volatile float shown;

void read(const std::vector<Vector>& numbers) {
  Vector total[sums] = {};
  for (size_t place = 0; place + sums <= numbers.size(); place += sums)
    for (int k = 0; k < sums; ++k) total[k] += numbers[place + static_cast<size_t>(k)];
  for (const Vector& one : total) shown = one[0];
}
}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::vector<Vector> numbers(std::strtoull(arguments[1], nullptr, 10) / sizeof(Vector), Vector{});
  double least = 1e9;
  for (int pass = 0; pass < 2000; ++pass) {
    const auto begin = std::chrono::steady_clock::now();
    read(numbers);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (taken.count() < least) least = taken.count();
  }
  std::printf("%.9f\n", least);
}
