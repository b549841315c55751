#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/pipeline.h"
#include "compiler/native/native.h"

namespace dnnc {

/// Programs that have been compiled before, as shared libraries in the cache folder: loading one needs neither Halide
/// nor LLVM. A program is known by everything that decides its code: the texts, the options, the processor, this build of dnnc.
struct ProgramKey {
  std::string folder;  ///< of the cache; empty: no cache
  std::string hash;
};

/// The key of a program as the session asks for it, for the target that --target stands for. No folder if --no-cache, --emit, --print-after, --skip-pass or
/// --time ask for the compiler itself.
ProgramKey program_key(Session& session, const std::vector<ast::File>& files, bool all_runs, const CpuTarget& target);

/// The runs kept under the key, in the order of the file; std::nullopt if any is missing or damaged.
std::optional<std::vector<std::unique_ptr<LoadedProgram>>> load_cached(const ProgramKey& key);

/// Keeps the compiled runs. What cannot be written is left out: the next call compiles again.
void keep_programs(const ProgramKey& key, const std::vector<Compiled>& runs);

}  // namespace dnnc
