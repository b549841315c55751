#include "runtime/data/idx.h"

#include <algorithm>

#include "runtime/data/source_table.h"
#include "runtime/files/inflate.h"

namespace dnnc::runtime {
namespace {

constexpr size_t most_axes = 8;
constexpr size_t most_bytes = size_t{1} << 60;

/// The header of an IDX file: 0 0 8 AXES, then each extent as four bytes, the highest first.
struct Header {
  std::vector<int64_t> shape;
  size_t bytes = 0;         ///< of the header
  size_t values_bytes = 0;  ///< of what follows
};

Header read_header(const char* data, size_t bytes, const std::string& path) {
  const auto* head = reinterpret_cast<const unsigned char*>(data);
  if (bytes < 4 || head[0] != 0 || head[1] != 0) refuse(path, "", "is no IDX file: it does not start with two zeros");
  if (head[2] != 8)
    refuse(path, "", "holds numbers of IDX type " + std::to_string(head[2]) + "; only bytes (8) are read");
  Header header;
  const size_t axes = head[3];
  header.bytes = 4 + 4 * axes;
  if (axes == 0 || axes > most_axes || bytes < header.bytes) refuse(path, "", "is cut off in its header");
  header.values_bytes = 1;
  for (size_t axis = 0; axis < axes; ++axis) {
    const unsigned char* at = head + 4 + 4 * axis;
    const uint32_t extent = uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
    header.shape.push_back(extent);
    if (extent == 0) refuse(path, "", "has no values: axis " + std::to_string(axis + 1) + " of its header is 0");
    if (__builtin_mul_overflow(header.values_bytes, size_t{extent}, &header.values_bytes) ||
        header.values_bytes > most_bytes)
      refuse(path, "", "says that it holds more than there is memory");
  }
  return header;
}

void check_size(const Header& header, size_t bytes, const std::string& path) {
  const size_t wanted = header.bytes + header.values_bytes;
  if (bytes != wanted)
    refuse(path, "", "has " + std::to_string(bytes) + " bytes where its header says " + std::to_string(wanted));
}

IdxArray read_packed(const std::string& path, const char* data, size_t size) {
  const std::vector<char> start = gunzip_start(data, size, 4 + 4 * most_axes);
  const Header header = read_header(start.data(), start.size(), path);
  if (header.values_bytes > most_inflated(size)) refuse(path, "", "says that it unpacks to more than it can");
  auto bytes = std::make_shared<const std::vector<char>>(gunzip(data, size, header.bytes + header.values_bytes, path));
  check_size(header, bytes->size(), path);
  return {path, header.shape, bytes->data() + header.bytes, bytes};
}

int64_t examples_of(const IdxPair& pair) { return pair.images.shape.front(); }

void check_pair(const IdxPair& pair) {
  const std::vector<int64_t>& labels = pair.labels.shape;
  if (labels.size() != 1) refuse(pair.labels.path, "", "holds no list of labels but an array of " + shape_text(labels));
  if (labels.front() != examples_of(pair))
    refuse(pair.labels.path, "",
           "has " + std::to_string(labels.front()) + " labels for the " + std::to_string(examples_of(pair)) +
               " images of " + pair.images.path);
}

FieldData image_field(const RawField& field, const std::vector<IdxPair>& parts) {
  FieldData data = field_over(field, Storage::UInt8, nullptr, nullptr);
  data.segments.clear();
  int64_t first = 0;
  for (const IdxPair& part : parts) {
    const std::vector<int64_t> shape(part.images.shape.begin() + 1, part.images.shape.end());
    if (!same_but_for_ones(shape, field.shape))
      refuse(part.images.path, "",
             "has images of " + shape_text(shape) + "; the program takes `" + field.name + "` as " +
                 shape_text(field.shape));
    data.segments.push_back({first, part.images.values, part.images.owner});
    first += examples_of(part);
  }
  return data;
}

FieldData label_field(const RawField& field, const std::vector<IdxPair>& parts, int64_t examples) {
  FieldWriter writer(field, examples);
  int64_t row = 0;
  for (const IdxPair& part : parts)
    for (int64_t k = 0; k < examples_of(part); ++k, ++row) {
      const std::string fault = writer.put(row, 0, static_cast<unsigned char>(part.labels.values[k]));
      if (!fault.empty()) refuse(part.labels.path, "label " + std::to_string(k + 1), fault);
    }
  return writer.finish();
}

}  // namespace

IdxArray read_idx(const std::string& path) { return read_idx(path, share_file(path)); }

IdxArray read_idx(const std::string& path, FileBytes file) { return read_idx(path, file->data(), file->size(), file); }

IdxArray read_idx(const std::string& path, const char* data, size_t bytes, std::shared_ptr<const void> owner) {
  if (is_gzip(data, bytes)) return read_packed(path, data, bytes);
  const Header header = read_header(data, bytes, path);
  check_size(header, bytes, path);
  return {path, header.shape, data + header.bytes, std::move(owner)};
}

LoadedSource load_idx_pairs(const SourceRequest& request, const std::vector<IdxPair>& pairs) {
  for (const IdxPair& pair : pairs) check_pair(pair);
  LoadedSource loaded;
  loaded.test = pairs.size() > 1 ? examples_of(pairs.back()) : 0;
  loaded.examples = examples_of(pairs.front()) + loaded.test;
  for (const RawField& field : request.data.raw)
    loaded.fields.push_back(field.name == source_words::image ? image_field(field, pairs)
                                                              : label_field(field, pairs, loaded.examples));
  return loaded;
}

}  // namespace dnnc::runtime
