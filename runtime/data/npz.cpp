#include "runtime/data/npz.h"

#include "runtime/files/npy.h"

namespace dnnc::runtime {
namespace {

NpyArray array_named(const ZipArchive& archive, const std::string& name) {
  const ZipEntry* entry = find_entry(archive, name + ".npy");
  if (entry)
    return read_npy(std::make_shared<const std::vector<char>>(read_entry(archive, *entry)), archive.path + ", " + name);
  std::string names;
  for (const ZipEntry& other : archive.entries)
    if (other.name.ends_with(".npy"))
      names += (names.empty() ? "" : ", ") + other.name.substr(0, other.name.size() - 4);
  refuse(archive.path, "", "has no array `" + name + "`; it has " + (names.empty() ? "none" : names));
}

std::string place_text(const std::string& name, int64_t example, int64_t element) {
  return name + "[" + std::to_string(example) + "], element " + std::to_string(element + 1);
}

/// Stores all examples of an array from number `first` on, each value checked.
void fill(FieldWriter& writer, const RawField& field, const NpyArray& array, const std::string& path, int64_t first) {
  std::vector<int64_t> index(array.shape.size());
  for (int64_t example = 0; example < array.shape[0]; ++example) {
    int64_t place = example * array.strides[0];
    for (int64_t element = 0; element < field.count(); ++element) {
      const std::string fault = writer.put(first + example, element, npy_value(array, place));
      if (!fault.empty()) refuse(path, place_text(field.name, example, element), fault);
      // The next element in row-major order, whatever the order in memory is.
      for (size_t axis = array.shape.size(); axis-- > 1;) {
        place += array.strides[axis];
        if (++index[axis] < array.shape[axis]) break;
        place -= array.strides[axis] * array.shape[axis];
        index[axis] = 0;
      }
    }
  }
}

/// Bytes in row-major order that the program takes as numbers are kept as they are.
bool stays_bytes(const RawField& field, const std::vector<NpyArray>& arrays) {
  for (const NpyArray& array : arrays)
    if (array.kind != NpyArray::Kind::Unsigned || array.item_bytes != 1 || array.strides.back() != 1) return false;
  return field.element.kind == Element::Kind::Real && !field.probability;
}

FieldData load_field(const RawField& field, const std::vector<ZipArchive>& archives, std::vector<int64_t>& examples) {
  std::vector<NpyArray> arrays;
  std::vector<int64_t> counts;
  for (const ZipArchive& archive : archives) {
    arrays.push_back(array_named(archive, field.name));
    const std::vector<int64_t>& shape = arrays.back().shape;
    if (shape.empty()) refuse(archive.path, field.name, "is one number, not one for each example");
    const std::vector<int64_t> own(shape.begin() + 1, shape.end());
    if (!same_but_for_ones(own, field.shape))
      refuse(archive.path, field.name,
             "has examples of " + shape_text(own) + "; the program takes " + shape_text(field.shape));
    counts.push_back(shape[0]);
  }
  if (examples.empty()) examples = counts;
  if (examples != counts)
    refuse(
        archives[0].path, field.name,
        "has " + std::to_string(counts[0]) + " examples where the array before it has " + std::to_string(examples[0]));
  if (stays_bytes(field, arrays)) {
    FieldData data = field_over(field, Storage::UInt8, arrays[0].values, arrays[0].owner);
    if (arrays.size() > 1) data.segments.push_back({counts[0], arrays[1].values, arrays[1].owner});
    return data;
  }
  int64_t all = 0;
  for (int64_t count : counts) all += count;
  FieldWriter writer(field, all);
  for (size_t k = 0; k < arrays.size(); ++k) fill(writer, field, arrays[k], archives[k].path, k == 0 ? 0 : counts[0]);
  return writer.finish();
}

}  // namespace

LoadedSource load_arrays(const std::vector<RawField>& fields, const std::vector<ZipArchive>& archives) {
  LoadedSource loaded;
  std::vector<int64_t> examples;
  for (const RawField& field : fields) loaded.fields.push_back(load_field(field, archives, examples));
  for (int64_t count : examples) loaded.examples += count;
  loaded.test = examples.size() > 1 ? examples[1] : 0;
  return loaded;
}

}  // namespace dnnc::runtime
