#include "runtime/data/fetched.h"
#include "runtime/data/image_folder.h"
#include "runtime/data/source_table.h"
#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/program/failure.h"

/// `cifar("folder")`: the binary version of CIFAR-10, data_batch_1.bin ... data_batch_5.bin and test_batch.bin, or the
/// same pictures as files in train/CLASS and test/CLASS. A folder that is not beside the program is looked for among the
/// fetched data, where `dnnc data import cifar10` puts it. Fields image and label.
namespace dnnc::runtime {
namespace {

constexpr std::array picture_shape = field_shape<3>("cifar", source_words::image);
constexpr int64_t picture_pixels = picture_shape[0] * picture_shape[1], channels = picture_shape[2],
                  record_bytes = 1 + picture_pixels * channels;
constexpr std::array files = set_files<6>("cifar");  // of the test part last
constexpr std::array names_of_classes = class_names<10>("cifar");

struct Batch {
  std::string path;
  FileBytes file;
  int64_t examples = 0;
};

Batch open_batch(const std::string& path, FileBytes file) {
  Batch batch{path, std::move(file), 0};
  batch.examples = static_cast<int64_t>(batch.file->size()) / record_bytes;
  if (batch.examples == 0 || static_cast<int64_t>(batch.file->size()) != batch.examples * record_bytes)
    refuse(path, "",
           "has " + std::to_string(batch.file->size()) + " bytes, which is no whole number of records of " +
               std::to_string(record_bytes));
  return batch;
}

/// A record holds its label, then all of red, of green and of blue; our rows hold each pixel's three together.
void store_pixels(const char* record, char* row) {
  for (int64_t channel = 0; channel < channels; ++channel)
    for (int64_t pixel = 0; pixel < picture_pixels; ++pixel)
      row[pixel * channels + channel] = record[1 + channel * picture_pixels + pixel];
}

void fill(FieldWriter& writer, const RawField& field, const Batch& batch, int64_t first) {
  for (int64_t k = 0; k < batch.examples; ++k) {
    const char* record = batch.file->data() + k * record_bytes;
    if (field.name == source_words::image) {
      store_pixels(record, writer.row(first + k));
      continue;
    }
    const std::string fault = writer.put(first + k, 0, static_cast<unsigned char>(record[0]));
    if (!fault.empty()) refuse(batch.path, "record " + std::to_string(k + 1), fault);
  }
}

LoadedSource load_batches(const SourceRequest& request, const std::string& folder) {
  // What `dnnc data import` has put there is known; a folder of the user's own may hold anything of this form.
  constexpr const char* set = source_row("cifar").set.name;
  const std::string& fetched = request.options.data_folder;
  const bool is_set = !fetched.empty() && identity_of(folder) == identity_of(fetched + "/" + set);
  std::vector<Batch> batches;
  for (const SetFile& file : files) {
    const std::string path = folder + "/" + file.name;
    batches.push_back(open_batch(path, is_set ? known_file(path, file, set, fetched).bytes : share_file(path)));
  }
  // The files have neither header nor checksum: that all are of one length is what shows one that is cut off.
  for (const Batch& batch : batches)
    if (batch.examples != batches.front().examples)
      refuse(batch.path, "",
             "has " + std::to_string(batch.examples) + " records where " + batches.front().path + " has " +
                 std::to_string(batches.front().examples) + "; one of them is cut off");
  LoadedSource loaded;
  loaded.names.classes.assign(names_of_classes.begin(), names_of_classes.end());
  loaded.test = batches.back().examples;
  for (const Batch& batch : batches) loaded.examples += batch.examples;
  for (const RawField& field : request.data.raw) {
    const bool image = field.name == source_words::image;
    const std::vector<int64_t> shape(picture_shape.begin(), picture_shape.end());
    if (image && field.shape != shape)
      refuse(folder, "", "has images of " + shape_text(shape) + "; the program takes " + shape_text(field.shape));
    FieldWriter writer(field, loaded.examples, image ? Storage::UInt8 : storage_of(field));
    int64_t first = 0;
    for (const Batch& batch : batches) {
      fill(writer, field, batch, first);
      first += batch.examples;
    }
    loaded.fields.push_back(writer.finish());
  }
  return loaded;
}

LoadedSource load_cifar(const SourceRequest& request) {
  const std::string name = request.data.source.word(source_words::folder);
  const std::string& fetched = request.options.data_folder;
  for (const std::string& folder : {resolved(request, name), fetched.empty() ? "" : fetched + "/" + name}) {
    if (folder.empty()) continue;
    if (file_exists(folder + "/" + files.back().name)) return load_batches(request, folder);
    if (file_exists(folder + "/train")) return load_image_folders(request, folder + "/train", folder + "/test");
  }
  throw Failure(
      exit_input_output,
      resolved(request, name) +
          ": CIFAR-10 is not here. Get cifar-10-binary.tar.gz from www.cs.toronto.edu/~kriz/cifar.html, then: "
          "dnnc data import cifar10 cifar-10-binary.tar.gz; or put its pictures into train/CLASS and test/CLASS "
          "of this folder");
}

}  // namespace
}  // namespace dnnc::runtime

DNNC_DEFINE_SOURCE(cifar, dnnc::runtime::load_cifar)
