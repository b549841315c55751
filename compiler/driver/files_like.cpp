#include "compiler/driver/files_like.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "compiler/driver/options.h"
#include "compiler/support/diagnostics.h"
#include "runtime/program/nearest.h"
#include "runtime/program/shown.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;

/// The names of programs in a folder, in alphabetical order. A folder of very many files is looked at in part.
std::vector<std::string> programs_in(const fs::path& folder) {
  constexpr size_t most_files = 10'000;
  std::vector<std::string> names;
  std::error_code error;
  size_t files = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && files < most_files;
       entry.increment(error), ++files)
    if (entry->path().extension() == program_ending) names.push_back(entry->path().filename().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::string files_like(const std::string& path, bool lists) {
  constexpr size_t most_named = 4;
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  const fs::path folder = is_folder ? fs::path(path) : fs::path(path).parent_path();
  const std::string name = is_folder ? "" : fs::path(path).filename().string();
  const std::vector<std::string> names = programs_in(folder.empty() ? "." : folder);
  const auto placed = [&](const std::string& file) { return "`" + runtime::shown((folder / file).string()) + "`"; };
  if (std::ranges::count(names, name + program_ending))
    return fmt::format("did you mean {}?", placed(name + program_ending));
  if (const auto near = runtime::nearest(name, names)) return fmt::format("did you mean {}?", placed(*near));
  if (!lists) return "";
  std::vector<std::string> first;
  for (const std::string& file : names)
    if (file != name && first.size() < most_named) first.push_back(placed(file));
  return first.empty() ? "" : fmt::format("there {} {}", first.size() == 1 ? "is" : "are", fmt::join(first, ", "));
}

}  // namespace dnnc
