#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>

#include "compiler/halide/compile.h"
#include "compiler/kernels/body.h"
#include "halide_sources.h"
#include "runtime/program/threads.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace dnnc {
namespace {

using ObjectKernels = std::vector<const Kernel*>;

/// What it takes to compile a kernel, in units of a simple one.
int work_of(const Kernel& kernel) { return kernel.kind == KernelClass::Contraction ? 3 : 1; }

int work_of(const ObjectKernels& kernels) {
  int work = 0;
  for (const Kernel* kernel : kernels) work += work_of(*kernel);
  return work;
}

/// The most that an object may hold: less in a small program, so that this too has work for several threads.
int most_work_of(const Plan& plan) {
  int work = 0;
  for (const Kernel& kernel : plan.kernels) work += work_of(kernel);
  return std::clamp(work / 6, 2, 9);
}

/// Whether an object ends with this kernel: for one of four, by its name. So where kernels are added or changed, the
/// objects before and behind stay as they are.
bool ends_object(const Kernel& kernel) { return XXH3_64bits(kernel.symbol.data(), kernel.symbol.size()) % 4 == 0; }

/// Everything that an object is made from: the kernels, the machine, Halide, and the sources of this folder.
std::string text_of(const ObjectKernels& kernels, const Backend& backend) {
  std::string text =
      fmt::format("halide {}\nsources {}\ntarget {}\n", halide_version, halide_sources_hash, backend.text());
  for (const Kernel* kernel : kernels) text += kernel->symbol + "\n" + canonical_text(*kernel) + "\n";
  return text;
}

std::vector<char> cached_object(const ObjectKernels& kernels, const Backend& backend, const runtime::Cache& cache) {
  if (!cache.keeps()) return backend.compile(kernels);
  const std::string made_from = text_of(kernels, backend);
  if (auto object = cache.find(made_from)) return std::move(*object);
  std::vector<char> object = backend.compile(kernels);
  cache.keep(made_from, object);
  return object;
}

/// The places of the objects, those with most work first: no thread begins with a long one when all others are done.
std::vector<size_t> longest_first(const std::vector<ObjectKernels>& objects) {
  std::vector<size_t> order(objects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return work_of(objects[a]) > work_of(objects[b]); });
  return order;
}

}  // namespace

std::vector<std::vector<const Kernel*>> share_out(const Plan& plan, const Backend& backend) {
  const int most_work = most_work_of(plan);
  std::vector<ObjectKernels> objects;
  bool begins = true;
  for (const Kernel& kernel : plan.kernels) {
    if (begins || work_of(objects.back()) + work_of(kernel) > most_work) objects.emplace_back();
    objects.back().push_back(&kernel);
    begins = !backend.shares_objects() || ends_object(kernel);
  }
  return objects;
}

std::vector<std::vector<char>> compile_objects(const std::vector<std::vector<const Kernel*>>& shares,
                                               const Backend& backend, const runtime::Cache& cache, int threads,
                                               const KernelsDone& done) {
  const std::vector<size_t> order = longest_first(shares);
  std::vector<std::vector<char>> objects(shares.size());
  std::atomic<size_t> next{0};
  std::exception_ptr fault;
  std::mutex fault_mutex;
  const auto work = [&] {
    for (size_t k = next++; k < order.size(); k = next++) try {
        objects[order[k]] = cached_object(shares[order[k]], backend, cache);
        if (done) done(shares[order[k]].size());
      } catch (...) {
        const std::scoped_lock lock(fault_mutex);
        fault = std::current_exception();
      }
  };
  runtime::run_on_threads(static_cast<int>(std::min(static_cast<size_t>(threads), shares.size())), work);
  if (fault) std::rethrow_exception(fault);
  return objects;
}

std::vector<std::vector<char>> compile_kernels(const Plan& plan, const Backend& backend, const runtime::Cache& cache,
                                               int threads, const KernelsDone& done) {
  return compile_objects(share_out(plan, backend), backend, cache, threads, done);
}

}  // namespace dnnc
