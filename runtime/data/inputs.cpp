#include "runtime/data/inputs.h"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "runtime/data/npz.h"
#include "runtime/data/table.h"
#include "runtime/files/mapped_file.h"
#include "runtime/program/failure.h"

// Null in a trainer that was linked without it.
extern "C" __attribute__((weak)) const dnnc::runtime::PictureReader dnnc_inputs_pictures;

namespace dnnc::runtime {
namespace {

LoadedSource read_pictures(const InputRequest& request, const std::string& path) {
  const PictureReader* reader = &dnnc_inputs_pictures;
  if (!reader)
    refuse(path, "",
           "this program reads no pictures, as its own data are in another form; `dnnc predict` does, and both "
           "read .csv and .npz");
  return reader->read(request, path);
}

LoadedSource read_table(const InputRequest& request, const std::string& path) {
  const std::shared_ptr<const MappedFile> file = map_file(path);
  return load_table_inputs(request, {path, {file->data(), file->size()}});
}

LoadedSource read_arrays(const InputRequest& request, const std::string& path) {
  return load_arrays(request.fields, {open_zip(path)});
}

using Reader = LoadedSource (*)(const InputRequest& request, const std::string& path);

struct Ending {
  const char* text;
  Reader read;
};
constexpr Ending endings[] = {{".csv", read_table},
                              {".npz", read_arrays},
                              {".png", read_pictures},
                              {".jpg", read_pictures},
                              {".jpeg", read_pictures}};

/// What reads a file of that name; null for a name that ends in none of those known.
Reader reader_of(std::string path) {
  std::transform(path.begin(), path.end(), path.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const Ending& ending : endings)
    if (path.ends_with(ending.text)) return ending.read;
  return nullptr;
}

DataSet all_of(LoadedSource source) {
  DataSet set;
  set.fields = std::move(source.fields);
  set.examples = source.examples;
  set.files = std::move(source.files);
  set.test.resize(static_cast<size_t>(set.examples));
  std::iota(set.test.begin(), set.test.end(), 0u);
  return set;
}

}  // namespace

std::vector<RawField> input_fields(const DataDescription& data) {
  std::vector<RawField> fields;
  for (const std::string& input : data.inputs)
    for (const RawField& field : data.raw)
      if (field.name == input) fields.push_back(field);
  return fields;
}

DataSet example_of(const std::vector<double>& numbers, const std::vector<RawField>& fields, const std::string& net) {
  int64_t needed = 0;
  for (const RawField& field : fields) needed += field.count();
  if (needed != static_cast<int64_t>(numbers.size()))
    throw Failure(exit_wrong, net + " takes " + std::to_string(needed) + " numbers an example, not " +
                                  std::to_string(numbers.size()));
  LoadedSource source;
  source.examples = 1;
  size_t next = 0;
  for (const RawField& field : fields) {
    FieldWriter writer(field, 1);
    for (int64_t element = 0; element < field.count(); ++element, ++next) {
      const std::string fault = writer.put(0, element, numbers[next]);
      if (!fault.empty()) refuse(net, "number " + std::to_string(next + 1) + " (`" + field.name + "`)", fault);
    }
    source.fields.push_back(writer.finish());
  }
  return all_of(std::move(source));
}

bool names_inputs(const std::string& text) {
  const bool numbers = text.find_first_not_of("+-.,0123456789eE ") == std::string::npos;
  return !numbers && (reader_of(text) || file_exists(text));
}

DataSet load_inputs(const std::string& path, const InputRequest& request) {
  const Reader read = is_folder(path) ? read_pictures : reader_of(path);
  if (!read)
    refuse(path, "", "new examples are read from files .csv .npz .png .jpg .jpeg and from folders of pictures");
  DataSet set = all_of(read(request, path));
  set.names = request.names;
  return set;
}

}  // namespace dnnc::runtime
