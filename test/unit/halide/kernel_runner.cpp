#include "kernel_runner.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <new>
#include <random>
#include <stdexcept>

#include "compiler/kernels/access.h"
#include "compiler/kernels/any_length.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/collapse.h"
#include "compiler/support/check.h"
#include "runtime/program/device.h"
#include "runtime/program/kernel_buffer.h"
#include "runtime/run/devices.h"

namespace {

dnnc::test::TaskOrder order = dnnc::test::TaskOrder::Forward;
int64_t tasks = 0;
int64_t pieces_left = INT64_MAX;  // that halide_malloc still gives
int64_t pieces_held = 0;

}  // namespace

/// What kernels need of a runtime. The tests' executable exports its symbols, so the kernels' libraries find these.
extern "C" {

int halide_do_par_for(void* context, int (*task)(void*, int, uint8_t*), int min, int size, uint8_t* closure) {
  tasks += size;
  for (int k = 0; k < size; ++k) {
    const int number = order == dnnc::test::TaskOrder::Forward ? min + k : min + size - 1 - k;
    if (const int fault = task(context, number, closure)) return fault;
  }
  return 0;
}

void* halide_malloc(void*, size_t bytes) {
  if (pieces_left == 0) return nullptr;
  --pieces_left;
  ++pieces_held;
  return std::aligned_alloc(64, (bytes + 127) & ~size_t{63});
}
void halide_free(void*, void* memory) {
  if (memory) --pieces_held;
  std::free(memory);
}
int halide_error_out_of_memory(void*) { return dnnc::test::no_memory; }
int halide_error_buffer_allocation_too_large(void*, const char*, uint64_t, uint64_t) { return dnnc::test::no_memory; }
void halide_error(void*, const char* message) {
  std::fputs(message, stderr);
  std::abort();
}
}

namespace dnnc::test {
namespace {

using runtime::KernelBuffer;

KernelBuffer plain_buffer(void* host) {
  return {0, nullptr, static_cast<uint8_t*>(host), 0, 0, 0, 0, 0, nullptr, nullptr};
}

void* load_object(const std::vector<char>& object, const std::string& symbol) {
  const auto folder = std::filesystem::temp_directory_path() / ("dnnc_test_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = folder / symbol;
  std::ofstream(path + ".o", std::ios::binary).write(object.data(), static_cast<std::streamsize>(object.size()));
  check(std::system(("ld -shared -o " + path + ".so " + path + ".o").c_str()) == 0, "test: a kernel does not link");
  void* library = dlopen((path + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
  const char* fault = library ? "" : dlerror();
  std::filesystem::remove_all(folder);
  check(library, fault);
  return library;
}

template <class... Pointers>
int call_function(void* function, Pointers... pointers) {
  return reinterpret_cast<int (*)(Pointers...)>(function)(pointers...);
}

/// Calls a function of as many pointers as there are buffers.
template <size_t... k>
int call_with(void* function, std::vector<KernelBuffer>& buffers, std::index_sequence<k...>) {
  return call_function(function, &buffers[k]...);
}

template <size_t... counts>
int call_any(void* function, std::vector<KernelBuffer>& buffers, std::index_sequence<counts...>) {
  int fault = -1;
  ((buffers.size() == counts ? (fault = call_with(function, buffers, std::make_index_sequence<counts>{}), 0) : 0), ...);
  return fault;
}

const dnnc_device* device_of(const Backend& backend) {
  for (const runtime::DeviceCandidate& kind : runtime::all_devices())
    if (backend.device() == std::string("dnnc_device_") + kind.device->word) return kind.device;
  return nullptr;
}

void store(void* memory, Storage storage, const std::vector<float>& values) {
  for (size_t k = 0; k < values.size(); ++k) switch (storage) {
      case Storage::Float32:
        static_cast<float*>(memory)[k] = values[k];
        break;
      case Storage::UInt8:
        static_cast<uint8_t*>(memory)[k] = static_cast<uint8_t>(values[k]);
        break;
      case Storage::Int32:
        static_cast<int32_t*>(memory)[k] = static_cast<int32_t>(values[k]);
        break;
      case Storage::Float64:
        throw std::logic_error("test: no buffer of a kernel is of float64");
    }
}

}  // namespace

Kernel kernel_of(const std::string& text, std::vector<Storage> storage, std::vector<int> in_place) {
  std::string error;
  const auto graph = parse_graph(text, error);
  check(graph.has_value(), "test: " + error + "\n" + text);
  Kernel kernel;
  kernel.body = join_axes(drop_single_axes(*graph));
  size_t inputs = 0;
  for (NodeId node : node_ids(*graph)) inputs += input_of(*graph, node) != nullptr;
  storage.resize(inputs, Storage::Float32);
  kernel.inputs = std::move(storage);
  in_place.resize(graph->outputs.size(), -1);
  finish_kernel(kernel, std::move(in_place));
  return kernel;
}

Plan plan_of(const std::vector<Kernel>& kernels) {
  Plan plan;
  for (const Kernel& kernel : kernels) plan.kernels.push(kernel);
  return plan;
}

Kernel for_any_length(Kernel kernel) {
  check(serves_any_length(kernel.body), "test: the kernel serves one length only");
  kernel.any_length = true;
  kernel.body = with_length(kernel.body, nominal_length);
  finish_kernel(kernel, kernel.in_place);
  return kernel;
}

Target tested_target(const CpuTarget& processor) {
  const char* const word = std::getenv("DNNC_TEST_TARGET");
  const auto name = runtime::value_named<TargetName>(word ? word : "host");
  check(name.has_value(), "test: DNNC_TEST_TARGET is no target");
  return processor_of(*name) ? Target(processor) : target_of(*name);
}

LoadedKernel::LoadedKernel(const Kernel& kernel, const CpuTarget& target)
    : LoadedKernel(kernel, *backend_of(tested_target(target))) {}

LoadedKernel::LoadedKernel(const Kernel& kernel, const Backend& backend)
    : kernel_(kernel), device_(device_of(backend)) {
  library_ = load_object(backend.compile({&kernel}), kernel.symbol);
  function_ = dlsym(library_, kernel.symbol.c_str());
  check(function_, "test: the kernel's object has not its symbol");
}

LoadedKernel::~LoadedKernel() { dlclose(library_); }

void LoadedKernel::call(const std::vector<void*>& memory, int64_t length) const {
  check(kernel_.any_length == (length > 0), "test: a length is asked of kernels that serve any");
  if (device_) return call_on_device(memory, length);
  KernelBuffer::Dimension dimension{0, static_cast<int32_t>(length), 1, 0};
  std::vector<KernelBuffer> buffers;
  for (void* const piece : memory) {
    buffers.push_back(plain_buffer(piece));
    if (length > 0) buffers.back().dim = &dimension;
  }
  const int fault = call_any(function_, buffers, std::make_index_sequence<20>{});
  if (fault == no_memory) throw std::bad_alloc();
  check(fault == 0, "test: a kernel failed");
}

/// Buffers that lie at one place here do so there.
void LoadedKernel::call_on_device(const std::vector<void*>& memory, int64_t length) const {
  const Graph body = length > 0 ? with_length(kernel_.body, length) : kernel_.body;
  const runtime::MemoryLayout layout = runtime::device_memory;
  KernelBuffer::Dimension dimension{0, static_cast<int32_t>(length), 1, 0};
  std::vector<KernelBuffer> buffers;
  for (size_t k = 0; k < memory.size(); ++k) {
    buffers.push_back(plain_buffer(nullptr));
    if (length > 0) buffers.back().dim = &dimension;
  }
  std::vector<dnnc_view> views;
  std::map<void*, int64_t> offsets;
  int64_t end = 0;
  for (size_t k = 0; k < memory.size(); ++k) {
    const Storage storage = k < kernel_.inputs.size() ? kernel_.inputs[k] : Storage::Float32;
    const int64_t bytes = element_count(body[argument_node(kernel_, k)]) * runtime::bytes_of(storage);
    const auto [place, fresh] = offsets.emplace(memory[k], end);
    if (fresh) end += layout.padded(bytes);
    views.push_back({&buffers[k], place->second, bytes});
  }
  const auto device = device_->take(end, layout, "test");
  for (size_t k = 0; k < memory.size(); ++k) {
    device->put(views[k].offset, {static_cast<const char*>(memory[k]), static_cast<size_t>(views[k].bytes)});
    device->bind(views[k], 0);
  }
  const int fault = call_any(function_, buffers, std::make_index_sequence<20>{});
  check(fault == 0, "test: a kernel failed: " + std::to_string(fault));
  for (size_t k = kernel_.inputs.size(); k < memory.size(); ++k)
    device->get(views[k].offset, {static_cast<char*>(memory[k]), static_cast<size_t>(views[k].bytes)});
}

std::vector<std::vector<float>> LoadedKernel::run(const std::vector<std::vector<float>>& inputs, int64_t length) const {
  const Graph body = length > 0 ? with_length(kernel_.body, length) : kernel_.body;
  std::vector<Memory> memory;
  for (size_t k = 0; k < inputs.size(); ++k) {
    memory.emplace_back(inputs[k].size() * 4);
    store(memory.back().data(), kernel_.inputs.at(k), inputs[k]);
  }
  std::vector<void*> buffers;
  for (const Memory& piece : memory) buffers.push_back(piece.data());
  for (size_t k = 0; k < body.outputs.size(); ++k) {
    const auto count = static_cast<size_t>(element_count(body[body.outputs[k].node]));
    const int over = kernel_.in_place[k];
    if (over < 0) memory.emplace_back(count * 4);
    buffers.push_back(over < 0 ? memory.back().data() : buffers[static_cast<size_t>(over)]);
  }
  call(buffers, length);
  std::vector<std::vector<float>> outputs;
  for (size_t k = 0; k < body.outputs.size(); ++k) {
    const auto* first = static_cast<const float*>(buffers[inputs.size() + k]);
    outputs.emplace_back(first, first + element_count(body[body.outputs[k].node]));
  }
  return outputs;
}

Memory::Memory(size_t bytes) : store_(bytes + 192) {
  std::memset(store_.data(), 0xff, store_.size());
  data_ = reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(store_.data()) + 63) & ~uintptr_t{63});
}

std::vector<float> random_values(size_t count, uint64_t seed, float low, float high) {
  std::mt19937_64 generator(seed);
  std::vector<float> values(count);
  for (float& value : values)
    value = low + (high - low) * static_cast<float>(generator() >> 40) / static_cast<float>(1 << 24);
  return values;
}

void set_task_order(TaskOrder new_order) { order = new_order; }
int64_t tasks_run() { return tasks; }

void give_pieces(int64_t most) { pieces_left = most; }
int64_t held_pieces() { return pieces_held; }

}  // namespace dnnc::test
