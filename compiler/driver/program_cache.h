#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/native/native.h"
#include "runtime/files/cache.h"

namespace dnnc {

/// What is kept between calls in the folder of --cache: objects of kernels, and programs.
runtime::Cache kernel_cache(const Options& options);

/// Says so where compiled code is not kept because of who may write to the folder for it, or because of its name.
void tell_of_distrust(const Session& session);

/// Programs that have been compiled before, as shared libraries in the cache: loading one needs neither Halide nor LLVM. A
/// program is known by everything that decides its code: the texts, the options, the processor, this build of dnnc.
struct ProgramKey {
  runtime::Cache cache;
  std::string made_from;
};

/// The key of a program as the session asks for it, for one of its targets. Its cache keeps nothing if
/// --no-cache, --emit, --print-after, --skip-pass or --time ask for the compiler itself.
ProgramKey program_key(Session& session, const std::vector<ast::File>& files, bool all_runs, TargetName name,
                       const Target& target);

/// The runs kept under the key, in the order of the file; std::nullopt if there are none that can be loaded.
std::optional<std::vector<std::unique_ptr<LoadedProgram>>> load_cached(const ProgramKey& key);

/// Keeps the compiled runs. What cannot be written is left out: the next call compiles again.
void keep_programs(const ProgramKey& key, const std::vector<Compiled>& runs);

}  // namespace dnnc
