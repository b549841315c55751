#include "runtime/data/image_folder.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "runtime/files/cache.h"
#include "runtime/files/image.h"
#include "runtime/files/mapped_file.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// The names in a folder in alphabetical order, hidden ones left out.
std::vector<std::string> names_in(const std::string& folder) {
  DIR* stream = ::opendir(folder.c_str());
  if (!stream) throw Failure(exit_input_output, folder + ": cannot read this folder: " + std::strerror(errno));
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

bool is_picture(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name.ends_with(".png") || name.ends_with(".jpg") || name.ends_with(".jpeg");
}

std::vector<std::string> class_folders(const std::string& folder) {
  std::vector<std::string> classes;
  for (const std::string& name : names_in(folder))
    if (is_folder(folder + "/" + name)) classes.push_back(name);
  return classes;
}

struct PictureFile {
  std::string path;
  int64_t label = 0;
};

std::vector<PictureFile> pictures_in(const std::string& folder, const std::vector<std::string>& classes) {
  std::vector<PictureFile> pictures;
  for (size_t label = 0; label < classes.size(); ++label)
    for (const std::string& name : names_in(folder + "/" + classes[label]))
      if (is_picture(name))
        pictures.push_back({folder + "/" + classes[label] + "/" + name, static_cast<int64_t>(label)});
  if (pictures.empty()) refuse(folder, "", "holds no PNG or JPEG files in sub-folders, one for each class");
  return pictures;
}

/// Everything that decoded rows depend on: each file's path, length and time, and the form of the rows.
std::string key_of(const std::vector<PictureFile>& pictures, const RawField& field) {
  std::string key = "images " + shape_text(field.shape);
  for (const PictureFile& picture : pictures) {
    struct stat status{};
    ::stat(picture.path.c_str(), &status);
    key += "\n" + picture.path + " " + std::to_string(status.st_size) + " " + std::to_string(status.st_mtim.tv_sec) +
           "." + std::to_string(status.st_mtim.tv_nsec);
  }
  return key;
}

/// Gray pictures may be declared without the axis of their one channel.
int64_t channels_of(const RawField& field, const std::string& path) {
  if (field.shape.size() == 2) return 1;
  if (field.shape.size() == 3 && (field.shape[2] == 1 || field.shape[2] == 3)) return field.shape[2];
  refuse(path, "", "a picture has 1 or 3 channels; the program takes " + shape_text(field.shape));
}

FieldData decode_all(const std::vector<PictureFile>& pictures, const RawField& field, const LoadOptions& options) {
  constexpr int64_t between_reports = 500;
  const auto all = static_cast<int64_t>(pictures.size());
  const int64_t channels = channels_of(field, pictures[0].path);
  FieldWriter writer(field, all, Storage::UInt8);
  for (int64_t k = 0; k < all; ++k) {
    if (options.progress && k % between_reports == 0) options.progress("decoding images", k, all);
    const std::string& path = pictures[static_cast<size_t>(k)].path;
    const std::shared_ptr<const MappedFile> file = map_file(path);
    resize_picture(decode_image(file->data(), file->size(), path), field.shape[0], field.shape[1], channels,
                   reinterpret_cast<uint8_t*>(writer.row(k)));
  }
  if (options.progress) options.progress("decoding images", all, all);
  return writer.finish();
}

FieldData image_field(const std::vector<PictureFile>& pictures, const RawField& field, const LoadOptions& options) {
  const std::string key = key_of(pictures, field);
  const Cache cache(options.data_folder.empty() ? "" : options.data_folder + "/decoded", ".rows");
  const size_t bytes = pictures.size() * static_cast<size_t>(field.count());
  if (std::optional<std::vector<char>> kept = cache.find(key); kept && kept->size() == bytes) {
    const auto rows = std::make_shared<const std::vector<char>>(std::move(*kept));
    return field_over(field, Storage::UInt8, rows->data(), rows);
  }
  FieldData data = decode_all(pictures, field, options);
  cache.keep(key, {data.row(0), data.row(0) + bytes});
  return data;
}

FieldData label_field(const std::vector<PictureFile>& pictures, const RawField& field) {
  FieldWriter writer(field, static_cast<int64_t>(pictures.size()));
  for (size_t k = 0; k < pictures.size(); ++k) {
    const std::string fault = writer.put(static_cast<int64_t>(k), 0, static_cast<double>(pictures[k].label));
    if (!fault.empty()) refuse(pictures[k].path, "", fault);
  }
  return writer.finish();
}

}  // namespace

LoadedSource load_image_folders(const SourceRequest& request, const std::string& train, const std::string& test) {
  LoadedSource loaded;
  loaded.names.classes = class_folders(train);
  std::vector<PictureFile> pictures = pictures_in(train, loaded.names.classes);
  if (!test.empty()) {
    if (class_folders(test) != loaded.names.classes) refuse(test, "", "has other sub-folders than " + train);
    const std::vector<PictureFile> more = pictures_in(test, loaded.names.classes);
    loaded.test = static_cast<int64_t>(more.size());
    pictures.insert(pictures.end(), more.begin(), more.end());
  }
  loaded.examples = static_cast<int64_t>(pictures.size());
  for (const RawField& field : request.data.raw) {
    if (field.element.kind == Element::Kind::Class &&
        field.element.classes != static_cast<int64_t>(loaded.names.classes.size()))
      refuse(train, "",
             "has " + std::to_string(loaded.names.classes.size()) + " sub-folders; the program takes " +
                 std::to_string(field.element.classes) + " classes");
    loaded.fields.push_back(field.name == "image" ? image_field(pictures, field, request.options)
                                                  : label_field(pictures, field));
  }
  return loaded;
}

static std::string listed(const std::vector<RawField>& fields) {
  std::string text;
  for (const RawField& field : fields)
    text += (text.empty() ? "`" : ", `") + field.name + "` (" + shape_text(field.shape) + ")";
  return text;
}

LoadedSource load_pictures(const InputRequest& request, const std::string& path) {
  if (request.fields.size() != 1 || !request.fields[0].bytes)
    refuse(path, "",
           "pictures are for a net whose only input comes from pictures; this one takes " + listed(request.fields));
  LoadedSource loaded;
  if (is_folder(path)) {
    for (const std::string& name : names_in(path))
      if (is_picture(name)) loaded.files.push_back(path + "/" + name);
    if (loaded.files.empty()) refuse(path, "", "holds no PNG or JPEG files");
  } else {
    loaded.files.push_back(path);
  }
  std::vector<PictureFile> pictures;
  for (const std::string& file : loaded.files) pictures.push_back({file});
  loaded.examples = static_cast<int64_t>(pictures.size());
  loaded.fields.push_back(decode_all(pictures, request.fields[0], request.options));
  return loaded;
}

}  // namespace dnnc::runtime
