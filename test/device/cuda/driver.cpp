// A driver of CUDA without a device, to be loaded in place of libcuda.so.1: it holds callers to what the manual asks, does what is
// put into its stream as late as it may, runs kernels itself (machine.h), and writes down what it is asked for.
// RECORD: a file for what is asked for, a line each; what threads have done, and what was not given back, stands at its end
// PTX: a file to whose end the texts of kernels are put
// KERNELS=idle: kernels are not run
// FAULT     what goes wrong:
//   none          there is no device
//   old           the driver is an old one
//   capability    the device is an old one
//   little:N      the device has N bytes
//   memory:N      the N-th piece of memory is not to be had
//   load          kernels are not taken, and a log says why
//   launch:N      the N-th launch fails
//   lost:N        the device is gone from the N-th launch on
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <set>
#include <utility>

#include "machine.h"

namespace {

using Address = uint64_t;

enum Code : int32_t {
  good = 0,
  bad_value = 1,
  no_memory = 2,
  ended = 4,
  no_device = 100,
  bad_ptx = 218,
  bad_context = 201,
  not_found = 500,
  launch_failed = 719,
  capture_unsupported = 900
};

const char* setting(const char* name) {
  const char* const text = std::getenv(name);
  return text ? text : "";
}
bool goes_wrong(const char* what) { return std::strncmp(setting("FAULT"), what, std::strlen(what)) == 0; }
long number_behind(const char* what) { return std::atol(setting("FAULT") + std::strlen(what)); }

struct Stream {
  bool capturing = false;
};
struct Module {
  std::map<std::string, std::unique_ptr<ptx::Kernel>> kernels;
};
struct Graph {
  std::vector<ptx::Launch> launches;
};

struct Driver {
  FILE* record = *setting("RECORD") ? std::fopen(setting("RECORD"), "w") : nullptr;
  const bool idle = std::strcmp(setting("KERNELS"), "idle") == 0;
  std::string fault;  ///< what a caller did wrong, or a kernel
  int32_t sticky = good;
  std::map<Address, std::unique_ptr<ptx::Allocation>> memory;
  std::map<char*, size_t> host;
  std::set<Stream*> streams;
  std::set<Module*> modules;
  std::set<Graph*> graphs, execs;
  std::vector<std::function<void()>> waiting;
  int contexts = 0;
  long allocations = 0, launches = 0;
  uint32_t run = 0;
  ptx::Done done;
  Graph* captured = nullptr;

  ~Driver() {
    if (!record) return;
    std::fprintf(record, "done: %lu instructions, %lu loads, %lu stores\n", done.instructions, done.loads, done.stores);
    std::fprintf(record,
                 "left: %zu pieces of memory, %zu of the host, %zu streams, %zu modules, %zu graphs, %d contexts\n",
                 memory.size(), host.size(), streams.size(), modules.size(), graphs.size() + execs.size(), contexts);
    std::fclose(record);
  }

  int32_t refuse(const std::string& what, int32_t code = bad_value) {
    if (fault.empty()) fault = what;
    note("fault: " + what);
    return code;
  }
  void note(const std::string& line) {
    if (record) std::fprintf(record, "%s\n", line.c_str()), std::fflush(record);
  }
  /// Counts launches; whether one of them fails.
  bool fails(size_t count) {
    const long before = launches, failing = goes_wrong("launch:") ? number_behind("launch:") : 0;
    launches += static_cast<long>(count);
    return lost() || (before < failing && failing <= launches);
  }
  bool lost() const { return goes_wrong("lost:") && launches >= number_behind("lost:"); }

  std::vector<ptx::Allocation*> all_memory() {
    std::vector<ptx::Allocation*> all;
    for (const auto& [begin, allocation] : memory) all.push_back(allocation.get());
    return all;
  }
  bool is_memory(Address begin, size_t bytes) {
    auto behind = memory.upper_bound(begin);
    return behind != memory.begin() && std::prev(behind)->second->holds(begin, bytes);
  }
  bool is_of_host(const void* begin, size_t bytes) {
    auto behind = host.upper_bound(static_cast<char*>(const_cast<void*>(begin)));
    if (behind == host.begin()) return false;
    --behind;
    return static_cast<const char*>(begin) + bytes <= behind->first + behind->second;
  }
  void do_all() {
    for (const std::function<void()>& work : std::exchange(waiting, {}))
      if (sticky == good) try {
          work();
        } catch (const ptx::Fault& wrong) {
          sticky = refuse(wrong.what(), launch_failed);
        }
  }
  void do_later(ptx::Launch launch) {
    if (idle) return;
    waiting.push_back([this, launch = std::move(launch)] { ptx::run(launch, ++run, all_memory(), done); });
  }
};

Driver& driver() {
  static Driver the_driver;
  return the_driver;
}
thread_local bool current = false;

/// Of every call that is about a context.
int32_t usable(const Stream* stream = nullptr, bool in_capture = false) {
  Driver& it = driver();
  if (it.lost()) return launch_failed;
  if (it.sticky != good) return it.sticky;
  if (!current || it.contexts == 0) return it.refuse("no context is current", bad_context);
  if (stream && !it.streams.contains(const_cast<Stream*>(stream))) return it.refuse("no stream");
  if (!in_capture && it.captured) return it.refuse("asked for within a capture", capture_unsupported);
  return good;
}

std::string number(uint64_t value) { return std::to_string(value); }

}  // namespace

#define EXPECT_USABLE(...) \
  if (const int32_t code = usable(__VA_ARGS__); code != good) return code

extern "C" {

int32_t cuInit(uint32_t) { return goes_wrong("none") ? no_device : good; }
int32_t cuDriverGetVersion(int32_t* version) { return *version = goes_wrong("old") ? 10020 : 13000, good; }
int32_t cuGetErrorName(int32_t code, const char** name) {
  const std::map<int32_t, const char*> names = {{bad_value, "CUDA_ERROR_INVALID_VALUE"},
                                                {no_memory, "CUDA_ERROR_OUT_OF_MEMORY"},
                                                {no_device, "CUDA_ERROR_NO_DEVICE"},
                                                {bad_ptx, "CUDA_ERROR_INVALID_PTX"},
                                                {not_found, "CUDA_ERROR_NOT_FOUND"},
                                                {launch_failed, "CUDA_ERROR_LAUNCH_FAILED"},
                                                {capture_unsupported, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED"}};
  if (!driver().fault.empty()) return *name = driver().fault.c_str(), good;
  const auto found = names.find(code);
  if (found == names.end()) return bad_value;
  return *name = found->second, good;
}
int32_t cuDeviceGetCount(int32_t* count) { return *count = 1, good; }
int32_t cuDeviceGet(int32_t* device, int32_t) { return *device = 0, good; }
int32_t cuDeviceGetName(char* name, int32_t bytes, int32_t) {
  return std::snprintf(name, static_cast<size_t>(bytes), "Driver without a device"), good;
}
int32_t cuDeviceGetAttribute(int32_t* value, int32_t what, int32_t) {
  const std::map<int32_t, int32_t> values = {
      {75, goes_wrong("capability") ? 7 : 8}, {76, goes_wrong("capability") ? 5 : 0}, {20, 0}};
  const auto found = values.find(what);
  return found == values.end() ? bad_value : (*value = found->second, good);
}
int32_t cuDeviceTotalMem_v2(size_t* bytes, int32_t) {
  return *bytes = goes_wrong("little:") ? static_cast<size_t>(number_behind("little:")) : size_t{8} << 30, good;
}
int32_t cuDevicePrimaryCtxRetain(void** context, int32_t) {
  ++driver().contexts;
  return *context = &driver(), good;
}
int32_t cuDevicePrimaryCtxRelease_v2(int32_t) { return --driver().contexts, good; }
int32_t cuCtxSetCurrent(void* context) { return current = context == &driver(), current ? good : bad_context; }

int32_t cuStreamCreate(Stream** stream, uint32_t) {
  EXPECT_USABLE();
  driver().streams.insert(*stream = new Stream);
  return good;
}
int32_t cuStreamDestroy_v2(Stream* stream) {
  driver().do_all();
  driver().streams.erase(stream);
  delete stream;
  return good;
}
int32_t cuStreamSynchronize(Stream* stream) {
  EXPECT_USABLE(stream);
  driver().note("wait");
  driver().do_all();
  return driver().sticky;
}

int32_t cuMemAlloc_v2(Address* place, size_t bytes) {
  EXPECT_USABLE();
  Driver& it = driver();
  if (goes_wrong("memory:") && ++it.allocations == number_behind("memory:")) return no_memory;
  auto allocation = std::make_unique<ptx::Allocation>();
  const size_t words = (bytes + 3) / 4;
  allocation->begin = *place = reinterpret_cast<Address>(std::aligned_alloc(512, (bytes + 511) / 512 * 512));
  allocation->bytes = bytes;
  if (!it.idle) allocation->words.resize(words);
  std::memset(reinterpret_cast<void*>(*place), 0xff, bytes);  // no number
  it.note("memory " + number(*place) + " " + number(bytes));
  it.memory[*place] = std::move(allocation);
  return good;
}
int32_t cuMemFree_v2(Address place) {
  Driver& it = driver();
  it.do_all();
  if (it.memory.erase(place) == 0) return it.refuse("frees what is no memory");
  std::free(reinterpret_cast<void*>(place));
  it.note("free " + number(place));
  return good;
}
int32_t cuMemHostAlloc(void** place, size_t bytes, uint32_t) {
  EXPECT_USABLE();
  *place = std::malloc(bytes);
  driver().host[static_cast<char*>(*place)] = bytes;
  return driver().note("host memory " + number(bytes)), good;
}
int32_t cuMemFreeHost(void* place) {
  driver().do_all();
  if (driver().host.erase(static_cast<char*>(place)) == 0)
    return driver().refuse("frees what is no memory of the host");
  return std::free(place), good;
}

int32_t cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
  EXPECT_USABLE(stream);
  Driver& it = driver();
  if (!it.is_memory(to, bytes)) return it.refuse("stores beyond memory");
  it.note("put " + number(to) + " " + number(bytes));
  auto* const place = reinterpret_cast<char*>(to);
  if (it.is_of_host(from, bytes)) {
    it.waiting.push_back([=] { std::memcpy(place, from, bytes); });
  } else {
    const auto* begin = static_cast<const char*>(from);
    it.waiting.push_back(
        [=, kept = std::vector<char>(begin, begin + bytes)] { std::memcpy(place, kept.data(), bytes); });
  }
  return good;
}
int32_t cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, Stream* stream) {
  EXPECT_USABLE(stream);
  Driver& it = driver();
  if (!it.is_memory(from, bytes)) return it.refuse("reads beyond memory");
  const bool later = it.is_of_host(to, bytes);
  it.note((later ? "get " : "get now ") + number(from) + " " + number(bytes));
  it.waiting.push_back([=] { std::memcpy(to, reinterpret_cast<const void*>(from), bytes); });
  if (!later) it.do_all();
  return it.sticky;
}
int32_t cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream* stream) {
  EXPECT_USABLE(stream);
  Driver& it = driver();
  if (!it.is_memory(from, bytes) || !it.is_memory(to, bytes)) return it.refuse("copies beyond memory");
  if (from < to + bytes && to < from + bytes) return it.refuse("copies what overlaps");
  it.note("copy " + number(bytes));
  it.waiting.push_back([=] { std::memcpy(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes); });
  return good;
}
int32_t cuMemsetD32Async(Address to, uint32_t value, size_t count, Stream* stream) {
  EXPECT_USABLE(stream);
  if (!driver().is_memory(to, 4 * count)) return driver().refuse("sets beyond memory");
  driver().note("set " + number(value));
  driver().waiting.push_back([=] { std::fill_n(reinterpret_cast<uint32_t*>(to), count, value); });
  return good;
}

int32_t cuModuleLoadDataEx(Module** module, const void* text, uint32_t count, const int32_t* options, void** values) {
  EXPECT_USABLE();
  const auto tell = [&](const char* said) {
    for (uint32_t k = 0; k < count; ++k)
      if (options[k] == 5) std::strcpy(static_cast<char*>(values[k]), said);
    return bad_ptx;
  };
  if (goes_wrong("load")) return tell("line 7: the word `foo` is not known here");
  auto made = std::make_unique<Module>();
  try {
    made->kernels = ptx::read(static_cast<const char*>(text));
  } catch (const ptx::Fault& fault) {
    return tell(fault.what());
  }
  if (*setting("PTX")) {
    const int file = open(setting("PTX"), O_WRONLY | O_APPEND | O_CREAT, 0600);
    const auto* const begin = static_cast<const char*>(text);
    const bool kept = write(file, begin, std::strlen(begin)) == static_cast<ssize_t>(std::strlen(begin));
    close(file);
    if (!kept) return tell("the file of PTX cannot be written");
  }
  driver().modules.insert(*module = made.release());
  return driver().note("module"), good;
}
int32_t cuModuleUnload(Module* module) {
  driver().do_all();
  driver().modules.erase(module);
  delete module;
  return good;
}
int32_t cuModuleGetFunction(const ptx::Kernel** kernel, Module* module, const char* name) {
  EXPECT_USABLE();
  const auto found = module->kernels.find(name);
  if (found == module->kernels.end()) return not_found;
  return *kernel = found->second.get(), good;
}

int32_t cuLaunchKernel(const ptx::Kernel* kernel, uint32_t blocks_x, uint32_t blocks_y, uint32_t blocks_z,
                       uint32_t threads_x, uint32_t threads_y, uint32_t threads_z, uint32_t shared, Stream* stream,
                       void** values, void** extra) {
  EXPECT_USABLE(stream, true);
  Driver& it = driver();
  if (it.fails(1)) return launch_failed;
  constexpr uint32_t most_blocks = 65535, most_threads = 1024, most_depth = 64, most_shared = 48 << 10,
                     most_parameters = 4096;
  if (blocks_x == 0 || blocks_y == 0 || blocks_z == 0 || blocks_x > INT32_MAX || blocks_y > most_blocks ||
      blocks_z > most_blocks)
    return it.refuse(kernel->name + ": too many blocks, or none");
  if (threads_x * threads_y * threads_z == 0 || uint64_t{threads_x} * threads_y * threads_z > most_threads ||
      threads_z > most_depth)
    return it.refuse(kernel->name + ": too many threads, or none");
  if (shared > most_shared || extra) return it.refuse(kernel->name + ": too much shared memory");
  ptx::Launch launch{kernel, {blocks_x, blocks_y, blocks_z}, {threads_x, threads_y, threads_z}, {}};
  for (size_t k = 0; k < kernel->parameters.size(); ++k) {
    const auto* bytes = static_cast<const uint8_t*>(values[k]);
    launch.arguments.insert(launch.arguments.end(), bytes, bytes + kernel->parameters[k]);
    Address place = 0;
    if (!kernel->places[k]) continue;
    std::memcpy(&place, bytes, sizeof place);
    if (!it.is_memory(place, 1))
      return it.refuse(kernel->name + ": argument " + number(k) + " is no place in its memory");
  }
  if (launch.arguments.size() > most_parameters) return it.refuse(kernel->name + ": too many arguments");
  it.note(std::string(it.captured ? "captured " : "launch ") + kernel->name + " " + number(blocks_x) + " " +
          number(blocks_y) + " " + number(blocks_z) + " " + number(threads_x) + " " + number(threads_y) + " " +
          number(threads_z) + " " + number(shared));
  if (it.captured) it.captured->launches.push_back(std::move(launch));
  else it.do_later(std::move(launch));
  return good;
}

int32_t cuStreamBeginCapture_v2(Stream* stream, int32_t) {
  EXPECT_USABLE(stream);
  driver().captured = new Graph;
  return driver().note("capture"), good;
}
int32_t cuStreamEndCapture(Stream* stream, Graph** graph) {
  EXPECT_USABLE(stream, true);
  if (!driver().captured) return driver().refuse("ends a capture that was not begun");
  driver().graphs.insert(*graph = std::exchange(driver().captured, nullptr));
  return good;
}
int32_t cuGraphInstantiateWithFlags(Graph** exec, Graph* graph, uint64_t) {
  EXPECT_USABLE();
  driver().execs.insert(*exec = new Graph(*graph));
  return driver().note("graph " + number(graph->launches.size())), good;
}
int32_t cuGraphLaunch(Graph* exec, Stream* stream) {
  EXPECT_USABLE(stream);
  if (!driver().execs.contains(exec)) return driver().refuse("no graph");
  if (driver().fails(exec->launches.size())) return launch_failed;
  driver().note("launch graph " + number(exec->launches.size()));
  for (const ptx::Launch& launch : exec->launches) driver().do_later(launch);
  return good;
}
int32_t cuGraphExecDestroy(Graph* exec) {
  driver().do_all();
  return driver().execs.erase(exec), delete exec, good;
}
int32_t cuGraphDestroy(Graph* graph) { return driver().graphs.erase(graph), delete graph, good; }
}
