#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "compiler/halide/cache.h"
#include "compiler/halide/compile.h"
#include "compiler/kernels/body.h"
#include "halide_sources.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace dnnc {
namespace {

/// Everything that an object depends on: the kernel, the machine, Halide, and the sources of this folder.
std::string cache_key(const Kernel& kernel, const CpuTarget& target) {
  const std::string text =
      fmt::format("halide {}\nsources {}\ntarget {} {} {}\n{}", halide_version, halide_sources_hash, target.halide,
                  target.vector_floats, target.vector_registers, canonical_text(kernel));
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::vector<char> cached_kernel(const Kernel& kernel, const CpuTarget& target, const std::string& folder) {
  if (folder.empty()) return compile_kernel(kernel, target);
  const std::string key = cache_key(kernel, target);
  if (auto object = read_cached(folder, key)) return std::move(*object);
  std::vector<char> object = compile_kernel(kernel, target);
  write_cached(folder, key, object);
  return object;
}

}  // namespace

std::vector<std::vector<char>> compile_kernels(const Plan& plan, const CpuTarget& target,
                                               const std::string& cache_folder, int threads) {
  std::vector<const Kernel*> kernels;
  for (const Kernel& kernel : plan.kernels) kernels.push_back(&kernel);
  std::vector<std::vector<char>> objects(kernels.size());
  std::atomic<size_t> next{0};
  std::exception_ptr fault;
  std::mutex fault_mutex;
  const auto work = [&] {
    for (size_t k = next++; k < kernels.size(); k = next++) try {
        objects[k] = cached_kernel(*kernels[k], target, cache_folder);
      } catch (...) {
        const std::scoped_lock lock(fault_mutex);
        fault = std::current_exception();
      }
  };
  std::vector<std::thread> others;
  for (int k = 1; k < threads && static_cast<size_t>(k) < kernels.size(); ++k) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  if (fault) std::rethrow_exception(fault);
  return objects;
}

}  // namespace dnnc
