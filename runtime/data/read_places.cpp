#include "runtime/data/read_places.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "runtime/data/source.h"
#include "runtime/files/files.h"
#include "runtime/files/image.h"

namespace dnnc::runtime {
namespace {

class ReadPlaces {
 public:
  ReadPlaces(const DataValue& source, const FileIdentity& file) : file_(file) {
    if (const SourceLoader* const loader = loader_of(source)) loader_ = *loader;
  }
  /// A file of the path, or one in a folder of it.
  bool has(const std::string& path) const {
    return is_it(path) || (loader_.reads_folders && folder_has(path, most_folders));
  }
  bool set_has(const std::string& folder) const {
    return std::ranges::any_of(loader_.set_files, [&](const char* name) { return name && is_it(folder + "/" + name); });
  }

 private:
  static constexpr int most_folders = 3;  ///< train, CLASS and what lies in it, in a folder

  bool is_it(const std::string& path) const {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && identity_of(status) == file_;
  }
  bool folder_has(const std::string& path, int folders) const {
    if (set_has(path)) return true;
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(path.c_str()), &::closedir);
    while (const dirent* entry = open ? ::readdir(open.get()) : nullptr) {
      const std::string name = entry->d_name, inner = path + "/" + name;
      if (name.starts_with('.')) continue;
      if (is_picture_name(name) && is_it(inner)) return true;
      if (folders > 1 && entry->d_type != DT_REG && folder_has(inner, folders - 1)) return true;
    }
    return false;
  }

  const FileIdentity& file_;
  SourceLoader loader_ = {};
};

/// Calls for each text that is an argument, also one in a list.
template <class Use>
bool any_text(const DataValue& value, Use use) {
  for (const std::vector<DataValue>* values : {&value.items, &value.named})
    for (const DataValue& inner : *values)
      if ((inner.kind == DataValue::Kind::Text && use(inner.text)) || any_text(inner, use)) return true;
  return false;
}

}  // namespace

bool is_read_by(const DataValue& source, const std::string& folder, const std::string& fetched,
                const FileIdentity& file) {
  const ReadPlaces places(source, file);
  if (any_text(source, [&](const std::string& text) { return places.has(path_from(folder, text)); })) return true;
  if (fetched.empty()) return false;
  if (const std::string set = source.word(source_words::set); !set.empty()) return places.set_has(fetched + "/" + set);
  return any_text(source, [&](const std::string& text) { return places.set_has(fetched + "/" + text); });
}

}  // namespace dnnc::runtime
