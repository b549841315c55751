#include "test/unit/runtime/attacked_files.h"

#include <cstdlib>
#include <sstream>

#include "runtime/files/exif.h"
#include "runtime/files/files.h"
#include "runtime/run/model_file.h"
#include "test/unit/runtime/fake_program.h"
#include "test/unit/runtime/idx_files.h"
#include "test/unit/runtime/loading.h"
#include "test/unit/runtime/pictures.h"

namespace dnnc::runtime {
namespace {

template <class T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// All rows of all fields, then the parts.
std::string contents(const DataSet& set) {
  std::string bytes;
  for (const FieldData& field : set.fields)
    for (int64_t example = 0; example < set.examples; ++example)
      bytes.append(field.row(example), static_cast<size_t>(field.row_bytes()));
  for (const std::vector<uint32_t>* part : {&set.train, &set.validation, &set.test})
    for (uint32_t row : *part) append(bytes, row);
  return bytes;
}

/// A file beside others that stay as they are. Decoded pictures are not kept: their folder cannot be made.
AttackedFile data_file(const Folder& folder, const std::string& name, const std::string& path, const std::string& good,
                       const std::string& data) {
  auto load = [&folder, path, data](const std::string& bytes) {
    folder.write(path, bytes);
    return contents(load_data(data_from_json(data), {folder.path(), "/dev/null", nullptr}));
  };
  return {name, folder.path() + "/" + path, good, load};
}

/// For forms with checksums.
AttackedFile sealed(AttackedFile file) {
  file.expected = [good = file.load(file.good)](const std::string&) { return good; };
  file.sealed = true;
  return file;
}

std::string counted(size_t count, int first, int step) {
  std::string bytes;
  for (size_t k = 0; k < count; ++k) bytes += static_cast<char>(first + static_cast<int>(k) * step);
  return bytes;
}

/// An IDX file of three axes holds one byte a value behind its header: nothing else may be made of it.
void add_idx(const Folder& folder, std::vector<AttackedFile>& files) {
  const std::string images = idx({5, 3, 3}, counted(45, 7, 5)), labels = idx({5}, {0, 2, 1, 2, 0});
  const auto data = [](const std::string& image_file, const std::string& label_file) {
    return description(call("idx", R"("images":")" + image_file + R"(","labels":")" + label_file + R"(")"),
                       real("image", "[3,3,1]") + "," + classes("label", 3), "label");
  };
  folder.write("images", images);
  folder.write("labels", labels);
  const std::string good = contents(load_from(folder, data("images", "labels")));
  files.push_back(data_file(folder, "idx", "idx", images, data("idx", "labels")));
  files.back().expected = [good](const std::string& bytes) -> std::optional<std::string> {
    if (bytes[3] != 3) return std::nullopt;
    return std::string(good).replace(0, 45, bytes, 16, 45);
  };
  files.push_back(data_file(folder, "idx_labels", "idx_labels", labels, data("images", "idx_labels")));
  files.back().expected = [good](const std::string& bytes) -> std::optional<std::string> {
    if (bytes[3] != 1) return std::nullopt;
    std::string wanted = good;
    for (size_t k = 0; k < 5; ++k) wanted[45 + 4 * k] = bytes[8 + k];
    return wanted;
  };
  files.push_back(sealed(data_file(folder, "idx_gz", "idx.gz", gzip(images), data("idx.gz", "labels"))));
}

/// The second of six files of two records.
void add_cifar(const Folder& folder, std::vector<AttackedFile>& files) {
  constexpr size_t picture_pixels = 1024, record = 1 + 3 * picture_pixels;
  const auto records = [&](char label) {
    return label + counted(record - 1, label, 3) + '\4' + counted(record - 1, 9, 7);
  };
  for (int number = 1; number <= 5; ++number)
    folder.write("c/data_batch_" + std::to_string(number) + ".bin", records(static_cast<char>(number)));
  folder.write("c/test_batch.bin", records('\0'));
  const std::string data =
      description(call("cifar", R"("folder":"c")"), real("image", "[32,32,3]") + "," + classes("label", 10), "label");
  const std::string good = contents(load_from(folder, data));
  files.push_back(data_file(folder, "cifar", "c/data_batch_2.bin", records('\2'), data));
  files.back().expected = [good](const std::string& bytes) {
    std::string wanted = good;
    for (size_t row = 0; row < 2; ++row) {
      for (size_t k = 0; k < 3 * picture_pixels; ++k)
        wanted[(2 + row) * 3 * picture_pixels + k % picture_pixels * 3 + k / picture_pixels] =
            bytes[row * record + 1 + k];
      wanted[12 * 3 * picture_pixels + (2 + row) * 4] = bytes[row * record];
    }
    return wanted;
  };
}

constexpr std::string_view columns = "width,height,kind\n";

/// A table without quotes whose columns are those of the good file and whose classes are numbers is its lines, cut at the commas.
std::optional<std::string> read_table(const std::string& bytes) {
  if (!bytes.starts_with(columns) || bytes.find_first_of(std::string_view("\"\r\0", 3)) != std::string::npos)
    return std::nullopt;
  std::istringstream lines(bytes);
  std::string line, features, labels, parts;
  uint32_t rows = 0;
  for (bool header = true; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (!header) {
      std::istringstream cells(line);
      std::string cell[3];
      for (std::string& text : cell) std::getline(cells, text, ',');
      if (cell[2].find_first_of("0123456789") == std::string::npos) return std::nullopt;
      append(features, static_cast<float>(std::strtod(cell[0].c_str(), nullptr)));
      append(features, static_cast<float>(std::strtod(cell[1].c_str(), nullptr)));
      append(labels, static_cast<int32_t>(std::strtod(cell[2].c_str(), nullptr)));
      append(parts, rows++);
    }
    header = false;
  }
  return features + labels + parts;
}

void add_csv(const Folder& folder, std::vector<AttackedFile>& files) {
  const auto data = [](const std::string& file) {
    return description(call("csv", R"("file":")" + file + R"(","target":"kind")"),
                       real("features", "[2]") + "," + classes("kind", 3), "kind");
  };
  files.push_back(data_file(folder, "csv", "a.csv",
                            std::string(columns) + "1.5,-2.25,0\n0.125,3e2,2\n7,8,1\n\n-0,11.0625,2\n", data("a.csv")));
  files.back().expected = read_table;
  // Words and quotes are left to csv_test.cpp.
  files.push_back(data_file(folder, "csv_words", "b.csv",
                            "\"a \"\"b\"\"\",Kind,c\r\n1,\"cat, big\",2\r\n3,dog,4\r\n5,\"cat, big\",6",
                            data("b.csv")));
}

void add_npz(const Folder& folder, std::vector<AttackedFile>& files) {
  for (const char* name : {"arrays.npz", "stored.npz"}) {
    const std::vector<char> bytes = read_file(DNNC_SOURCE_FOLDER "/test/unit/runtime/Inputs/" + std::string(name));
    const std::string data =
        description(call("npz", R"("file":")" + std::string(name) + R"(","target":"label")"),
                    real("image", "[3,2,1]") + "," + real("real", "[3,2]") + "," + classes("label", 3), "label");
    files.push_back(sealed(data_file(folder, std::string("npz_") + (name[0] == 'a' ? "packed" : "stored"), name,
                                     std::string(bytes.begin(), bytes.end()), data)));
  }
}

/// A PNG has a checksum for each part; a JPEG has none, so that another picture is all that can be told. Both are turned,
/// and of one the EXIF data alone are changed.
void add_pictures(const Folder& folder, std::vector<AttackedFile>& files) {
  Pixels pixels{9, 7, {}};
  for (int k = 0; k < 9 * 7 * 3; ++k) pixels.rgb.push_back(static_cast<unsigned char>(k * k));
  const std::string exif = exif_with({.value = 6, .little = true}), jpeg = jpeg_file(pixels);
  const auto turned_jpeg = [jpeg](const std::string& data) {
    return with_segment(jpeg, 0xe1, std::string(exif_begins) + data.substr(0, 60'000));
  };
  const auto add = [&](const std::string& kind, const std::string& ending, const std::string& good) {
    const std::string path = kind + "/dog/1." + ending;
    folder.write(kind + "/cat/1.png", png_file(one_colour(4, 4, 1, 2, 3)));
    folder.write(path, good);
    const std::string data = description(call("images", R"("folder":")" + kind + R"(")"),
                                         real("image", "[5,6,3]") + "," + classes("label", 2), "label");
    return data_file(folder, kind, path, good, data);
  };
  std::string png = png_file(pixels);
  files.push_back(sealed(add("png", "png", png.insert(png.find("IDAT") - 4, png_chunk("eXIf", exif)))));
  files.push_back(add("jpg", "jpg", turned_jpeg(exif)));
  const std::string inputs = DNNC_SOURCE_FOLDER "/test/oracle/Inputs/pictures/";
  for (const auto& [kind, ending] :
       {std::pair{"exact", "webp"}, {"lossy6", "webp"}, {"runs8", "bmp"}, {"opacity", "bmp"}}) {
    const std::vector<char> bytes = read_file(inputs + kind + "." + ending);
    files.push_back(add(std::string(ending) + "_" + kind, ending, std::string(bytes.begin(), bytes.end())));
  }
  AttackedFile file = add("exif", "jpg", turned_jpeg(exif));
  file.load = [load = file.load, turned_jpeg](const std::string& bytes) { return load(turned_jpeg(bytes)); };
  file.good = exif;
  file.hint = true;
  files.push_back(file);
}

/// Two tensors as another program writes them: without a checksum, so that other numbers are all that can be told.
std::string foreign_model(const std::string& own) {
  const std::string header = R"({"net/dense1/w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
                             R"("net/dense1/b":{"dtype":"F32","shape":[3],"data_offsets":[24,36]}})";
  std::string bytes;
  append(bytes, uint64_t{header.size()});
  return bytes + header + own.substr(own.size() - 36);
}

void add_models(const Folder& folder, std::vector<AttackedFile>& files) {
  const std::string path = folder.path() + "/w.safetensors";
  test::FakeProgram program(test::two_tensors());
  for (int k = 0; k < 6; ++k) program.machine->put(4 * k, std::vector<float>{static_cast<float>(k) + 0.5f});
  save_model(*program.machine, {{"hash", "0"}, {"classes", "cat\ndog \"big\""}}, path);
  const std::vector<char> written = read_file(path);
  const std::string good(written.begin(), written.end());
  auto load = [&folder, path](const std::string& bytes) {
    test::FakeProgram other(test::two_tensors());
    folder.write("w.safetensors", bytes);
    std::string loaded;
    for (const auto& [key, value] : load_model(*other.machine, path)) loaded += key + "=" + value + "\n";
    const std::vector<char> kept = other.machine->save();
    return loaded.append(kept.begin(), kept.end());
  };
  files.push_back(sealed({"safetensors", path, good, load}));
  files.push_back({"safetensors_foreign", path, foreign_model(good), load});
}

/// A message of a few lines that names the file.
std::string fault_of(const std::string& message, const AttackedFile& file) {
  constexpr size_t most_bytes = 2100;
  if (message.find(file.path) == std::string::npos) return "the message does not name the file: " + message;
  return message.size() > most_bytes ? "the message has " + std::to_string(message.size()) + " bytes" : "";
}

}  // namespace

Outcome attack(const AttackedFile& file, const std::string& bytes) {
  try {
    const std::string loaded = file.load(bytes);
    const std::optional<std::string> expected = file.expected ? file.expected(bytes) : std::nullopt;
    return {false, expected && loaded != *expected ? "it is loaded wrong" : ""};
  } catch (const Failure& failure) {
    return {true, fault_of(failure.what(), file)};
  } catch (const std::exception& exception) {
    return {true, std::string("it is refused in the words of a library: ") + exception.what()};
  }
}

std::vector<AttackedFile> attacked_files(const Folder& folder) {
  std::vector<AttackedFile> files;
  add_idx(folder, files);
  add_cifar(folder, files);
  add_csv(folder, files);
  add_npz(folder, files);
  add_pictures(folder, files);
  add_models(folder, files);
  return files;
}

}  // namespace dnnc::runtime
