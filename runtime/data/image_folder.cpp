#include "runtime/data/image_folder.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <map>
#include <memory>

#include "runtime/data/source_table.h"
#include "runtime/files/cache.h"
#include "runtime/files/files.h"
#include "runtime/files/image.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"

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

/// What lies in a folder, by the ends of the names, the most first: "12 .gif, 1 .txt, 2 folders".
std::string contents_of(const std::string& folder) {
  constexpr size_t most_shown = 6;
  std::map<std::string, size_t> counts;
  for (const std::string& name : names_in(folder)) {
    const size_t dot = name.rfind('.');
    std::string ending = dot == std::string::npos ? "without an ending" : name.substr(dot);
    std::ranges::transform(ending, ending.begin(), [](unsigned char letter) { return std::tolower(letter); });
    ++counts[is_folder(folder + "/" + name) ? "in folders" : ending];
  }
  std::vector<std::pair<std::string, size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), &std::pair<std::string, size_t>::second);
  std::string text;
  for (size_t k = 0; k < std::min(sorted.size(), most_shown); ++k)
    text += (k ? ", " : "") + std::to_string(sorted[k].second) + " " + shown(sorted[k].first);
  return text + (sorted.size() > most_shown ? " and others" : "");
}

[[noreturn]] void refuse_without(const std::string& what, const std::string& folder) {
  const std::string contents = contents_of(folder);
  refuse(folder, "", "holds no " + what + (contents.empty() ? "; it is empty" : "; in it are " + contents));
}

/// Sub-folders: one for each class.
std::vector<std::string> class_folders(const std::string& folder) {
  std::vector<std::string> classes;
  for (const std::string& name : names_in(folder))
    if (is_folder(folder + "/" + name)) classes.push_back(name);
  if (classes.empty()) refuse_without("folders, one for each class", folder);
  return classes;
}

struct PictureFile {
  std::string path;
  int64_t label = 0;
  FileBytes bytes = nullptr;  ///< what has been read of it, if it has
};

/// The pictures of a folder in the order of their names.
std::vector<PictureFile> pictures_in(const std::string& folder, int64_t label) {
  std::vector<PictureFile> pictures;
  for (const std::string& name : names_in(folder))
    if (is_picture_name(name)) pictures.push_back({folder + "/" + name, label});
  return pictures;
}

[[noreturn]] void refuse_without_pictures(const std::string& folder) {
  refuse_without("pictures that can be read, " + picture_endings(), folder);
}

std::string listed_names(const std::vector<std::string>& names) {
  constexpr size_t most_shown = 5;
  std::string text;
  for (size_t k = 0; k < std::min(names.size(), most_shown); ++k) text += (k ? ", " : "") + shown(names[k]);
  return text + (names.size() > most_shown ? " and others" : "");
}

/// What is no example: pictures beside the folders of classes, and folders in them.
void note_left_out(const std::string& folder, const std::vector<std::string>& classes,
                   std::vector<std::string>& notes) {
  if (const size_t beside = pictures_in(folder, 0).size())
    notes.push_back(folder + ": left out: " + std::to_string(beside) + (beside == 1 ? " picture" : " pictures") +
                    " beside the folders of classes");
  for (const std::string& name : classes) {
    const std::string of_class = folder + "/" + name;
    std::vector<std::string> inner;
    for (const std::string& one : names_in(of_class))
      if (!is_picture_name(one) && is_folder(of_class + "/" + one)) inner.push_back(one);
    if (!inner.empty())
      notes.push_back(of_class + ": left out: the " + (inner.size() == 1 ? "folder " : "folders ") +
                      listed_names(inner));
  }
}

/// Of all classes. One without pictures is refused: they are of kinds that are not read, or lie elsewhere. There may be none of a
/// class to test with, but then its folder is empty.
std::vector<PictureFile> pictures_of(const std::string& folder, const std::vector<std::string>& classes,
                                     DataPart part) {
  std::vector<PictureFile> pictures;
  for (size_t label = 0; label < classes.size(); ++label) {
    const std::string of_class = folder + "/" + classes[label];
    std::vector<PictureFile> more = pictures_in(of_class, static_cast<int64_t>(label));
    if (more.empty() && (part == DataPart::Train || !names_in(of_class).empty())) refuse_without_pictures(of_class);
    std::ranges::move(more, std::back_inserter(pictures));
  }
  if (pictures.empty()) refuse(folder, "", "all of its folders are empty");
  return pictures;
}

/// Both are in the order of their names.
void expect_same_classes(const std::string& test, const std::vector<std::string>& of_test, const std::string& train,
                         const std::vector<std::string>& of_train) {
  std::vector<std::string> more, less;
  std::ranges::set_difference(of_test, of_train, std::back_inserter(more));
  std::ranges::set_difference(of_train, of_test, std::back_inserter(less));
  if (more.empty() && less.empty()) return;
  refuse(test, "",
         "has other sub-folders than " + train + (more.empty() ? "" : "; besides those " + listed_names(more)) +
             (less.empty() ? "" : "; it lacks " + listed_names(less)));
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
    note_read(picture.path, status);
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
  std::vector<PictureFile> pictures = pictures_of(train, loaded.names.classes, DataPart::Train);
  note_left_out(train, loaded.names.classes, loaded.notes);
  if (!test.empty()) {
    expect_same_classes(test, class_folders(test), train, loaded.names.classes);
    note_left_out(test, loaded.names.classes, loaded.notes);
    const std::vector<PictureFile> more = pictures_of(test, loaded.names.classes, DataPart::Test);
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
    loaded.fields.push_back(field.name == source_words::image ? image_field(pictures, field, request.options)
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
  else pictures = pictures_in(path, 0);
  if (pictures.empty()) refuse_without_pictures(path);
  for (const PictureFile& picture : pictures) loaded.files.push_back(picture.path);
  loaded.examples = static_cast<int64_t>(pictures.size());
  loaded.fields.push_back(decode_all(pictures, request.fields[0], request.options));
  return loaded;
}

}  // namespace dnnc::runtime
