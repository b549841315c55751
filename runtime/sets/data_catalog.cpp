#include "runtime/data/source_table.h"
#include "runtime/sets/data_cache.h"

namespace dnnc::runtime {

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> sets = [] {
    std::vector<KnownSet> known;
    for (const SourceRow& row : source_table) {
      const SetRow& set = row.set;
      if (*set.about == 0) continue;
      known.push_back({std::string(set_name(row)),
                       set.about,
                       set.origin,
                       set.wheel,
                       set.wheel_sha256,
                       set.archive_sha256,
                       set.folder,
                       {}});
      for (const SetFile& file : set.files) known.back().files.push_back({file.name, file.sha256});
    }
    return known;
  }();
  return sets;
}

}  // namespace dnnc::runtime
