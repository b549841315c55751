#include "test/unit/native/program_runner.h"

#include <cstdlib>
#include <cstring>
#include <limits>

#include "compiler/support/check.h"

namespace dnnc::test {
namespace {

/// Fills memory with NaNs, so that what is read before it is written shows.
void fill_with_nan(char* memory, int64_t bytes) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int64_t place = 0; place < bytes; place += 4) std::memcpy(memory + place, &nan, 4);
}

}  // namespace

void RunningProgram::Free::operator()(char* memory) const { std::free(memory); }

RunningProgram::RunningProgram(const Graph& graph, const FusionLimits& limits)
    : RunningProgram(std::vector<EntryGraph>{{"step", 1, graph, {}}}, limits) {}

RunningProgram::RunningProgram(const std::vector<EntryGraph>& graphs, const FusionLimits& limits,
                               const std::string& cache)
    : plan_(dnnc::plan(graphs, limits)) {
  for (const std::string& fault : verify(plan_)) check(false, "plan: " + fault);
  program_ = load_program(plan_, compile_kernels(plan_, host_target(), cache, 2), "{}");
  const int64_t bytes = std::max<int64_t>(plan_.arena_bytes, 64);
  arena_.reset(static_cast<char*>(std::aligned_alloc(64, static_cast<size_t>(bytes))));
  fill_with_nan(arena_.get(), bytes);
  program_->program().bind(arena_.get());
}

void RunningProgram::set(const std::string& input, const Values& values, size_t entry) {
  for (const Entry::Port& port : plan_.entries.at(entry).inputs) {
    if (port.name != input) continue;
    const Buffer& buffer = plan_.buffers[port.buffer];
    char* memory = arena_.get() + buffer.offset;
    for (size_t k = 0; k < values.size(); ++k) switch (buffer.storage) {
        case Storage::Float32: reinterpret_cast<float*>(memory)[k] = static_cast<float>(values[k]); break;
        case Storage::UInt8: reinterpret_cast<uint8_t*>(memory)[k] = static_cast<uint8_t>(values[k]); break;
        case Storage::Int32: reinterpret_cast<int32_t*>(memory)[k] = static_cast<int32_t>(values[k]); break;
      }
  }
}

Values RunningProgram::output(size_t number, size_t entry) const {
  const Buffer& buffer = plan_.buffers[plan_.entries.at(entry).outputs.at(number).buffer];
  const char* place = arena_.get() + buffer.offset;
  if (buffer.storage == Storage::Int32) {
    const auto* memory = reinterpret_cast<const int32_t*>(place);
    return {memory, memory + buffer.bytes / 4};
  }
  check(buffer.storage == Storage::Float32, "output " + buffer.name + " is kept as bytes");
  const auto* memory = reinterpret_cast<const float*>(place);
  return {memory, memory + buffer.bytes / 4};
}

void RunningProgram::step(size_t entry) {
  const dnnc_entry& code = this->entry(entry);
  code.compute();
  if (code.update) code.update();
}

}  // namespace dnnc::test
