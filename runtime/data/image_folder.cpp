#include "runtime/data/image_folder.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>

#include "runtime/files/cache.h"
#include "runtime/files/files.h"
#include "runtime/files/image.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// The names in a folder in alphabetical order, hidden ones left out.
std::vector<std::string> names_in(const std::string& folder) {
  const auto expect = [&](bool good) {
    if (!good) throw Failure(exit_input_output, folder + ": cannot read this folder: " + std::strerror(errno));
  };
  DIR* opened = nullptr;
  do opened = ::opendir(folder.c_str());
  while (!opened && errno == EINTR);
  expect(opened);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(opened, ::closedir);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
    errno = 0;
  }
  expect(errno == 0);  // else these are not all
  std::sort(names.begin(), names.end());
  return names;
}

bool is_picture(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto has = [&](const char* ending) { return name.ends_with(ending); };
  return has(png_ending) || std::any_of(std::begin(jpeg_endings), std::end(jpeg_endings), has);
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
  FileBytes bytes = nullptr;  ///< what has been read of it, if it has
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

/// Everything that decoded rows are made from.
struct RowsKey {
  std::string text;
  bool settled = true;  ///< nothing can have changed since without a change of the text
};

std::string time_text(const timespec& time) {
  return " " + std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
}

/// Whether the next change will be at another time, as the system tells times.
bool is_past(const timespec& time) {
  constexpr int64_t nanoseconds = 1'000'000'000, tick = 50'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return (now.tv_sec - time.tv_sec) * nanoseconds + now.tv_nsec - time.tv_nsec > tick;
}

/// Which files the pictures are, and which of their contents, whatever they are called from here: true folders, numbers
/// and lengths, and when they were changed last, which nobody can set; the form of the rows, and what makes them of files.
RowsKey key_of(const std::vector<PictureFile>& pictures, const RawField& field) {
  RowsKey key{"images " + shape_text(field.shape) + ", " + picture_rules()};
  std::string before;
  for (const PictureFile& picture : pictures) {
    const size_t slash = picture.path.rfind('/');
    const std::string folder = picture.path.substr(0, slash);
    std::error_code error;
    if (folder != before) key.text += "\n" + std::filesystem::canonical(folder, error).string();
    before = folder;
    struct stat status{};
    if (::stat(picture.path.c_str(), &status) != 0) key.settled = false;
    key.settled = key.settled && !error && is_past(status.st_ctim);
    note_read(status);
    key.text += "\n" + picture.path.substr(slash) + " " + std::to_string(status.st_ino) + " " +
                std::to_string(status.st_size) + time_text(status.st_mtim) + time_text(status.st_ctim);
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
    const auto& [path, label, bytes] = pictures[static_cast<size_t>(k)];
    const FileBytes file = bytes ? bytes : share_file(path);
    resize_picture(decode_image(file->data(), file->size(), path), field.shape[0], field.shape[1], channels,
                   reinterpret_cast<uint8_t*>(writer.row(k)));
  }
  if (options.progress) options.progress("decoding images", all, all);
  return writer.finish();
}

FieldData image_field(const std::vector<PictureFile>& pictures, const RawField& field, const LoadOptions& options) {
  const RowsKey key = key_of(pictures, field);
  const Cache cache(options.data_folder.empty() ? "" : options.data_folder + "/decoded", ".rows");
  const size_t bytes = pictures.size() * static_cast<size_t>(field.count());
  if (std::optional<std::vector<char>> kept = cache.find(key.text); kept && kept->size() == bytes) {
    const auto rows = std::make_shared<const std::vector<char>>(std::move(*kept));
    return field_over(field, Storage::UInt8, rows->data(), rows);
  }
  FieldData data = decode_all(pictures, field, options);
  if (key.settled && is_available(2 * static_cast<int64_t>(bytes)))
    cache.keep(key.text, {data.row(0), data.row(0) + bytes});
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

LoadedSource load_pictures(const InputRequest& request, const std::string& path, FileBytes bytes) {
  if (request.fields.size() != 1 || !request.fields[0].bytes)
    refuse(path, "",
           "pictures are for a net whose only input comes from pictures; this one takes " + listed(request.fields));
  LoadedSource loaded;
  std::vector<PictureFile> pictures;
  if (bytes) pictures.push_back({path, 0, std::move(bytes)});
  else
    for (const std::string& name : names_in(path))
      if (is_picture(name)) pictures.push_back({path + "/" + name});
  if (pictures.empty()) refuse(path, "", "holds no PNG or JPEG files");
  for (const PictureFile& picture : pictures) loaded.files.push_back(picture.path);
  loaded.examples = static_cast<int64_t>(pictures.size());
  loaded.fields.push_back(decode_all(pictures, request.fields[0], request.options));
  return loaded;
}

}  // namespace dnnc::runtime
