#include "runtime/data/arrays.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/data/cell_column.h"
#include "runtime/data/table_look.h"

namespace dnnc::runtime {
namespace {

std::string names_in(const ArrayFiles& part) {
  std::string names;
  const auto add = [&](const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
  for (const auto& [name, bytes] : part.files) add(name);
  if (part.archive)
    for (const ZipEntry& other : part.archive->entries)
      if (other.name.ends_with(npy_ending)) add(other.name.substr(0, other.name.size() - std::strlen(npy_ending)));
  return names.empty() ? "none" : names;
}

NpyArray array_named(const ArrayFiles& part, const std::string& name) {
  for (const auto& [known, bytes] : part.files)
    if (known.empty() || known == name) return read_npy(bytes, part.path + (known.empty() ? "" : ", " + name));
  if (const ZipEntry* entry = part.archive ? find_entry(*part.archive, name + npy_ending) : nullptr)
    return read_npy(std::make_shared<const std::vector<char>>(read_entry(*part.archive, *entry)),
                    part.path + ", " + name);
  refuse(part.path, "", "has no array `" + name + "`; it has " + names_in(part));
}

/// The shape of a field that a formula reads is guessed to be that of what the formula makes.
std::string advice_for_shape(const RawField& field, const std::vector<int64_t>& shape) {
  if (field.element.kind != Element::Kind::Real) return "";
  std::string sizes;
  for (const int64_t size : shape) sizes += (sizes.empty() ? "" : ", ") + std::to_string(size);
  return "\n  help: if a formula makes these of them, say what the file has: " + field.column_name() + ": " +
         word_of(Storage::Float32) + (sizes.empty() ? "" : "[" + sizes + "]");
}

std::string place_text(const std::string& name, int64_t example, int64_t element) {
  return name + "[" + std::to_string(example) + "], element " + std::to_string(element + 1);
}

/// Calls take(example, element, place) for each value in row-major order, whatever the order in memory is, until it is false.
template <class Take>
void for_each_value(const NpyArray& array, const Take& take) {
  int64_t elements = 1;
  for (size_t axis = 1; axis < array.shape.size(); ++axis) elements *= array.shape[axis];
  std::vector<int64_t> index(array.shape.size());
  for (int64_t example = 0; example < array.shape[0]; ++example) {
    int64_t place = example * array.strides[0];
    for (int64_t element = 0; element < elements; ++element) {
      if (!take(example, element, place)) return;
      for (size_t axis = array.shape.size(); axis-- > 1;) {
        place += array.strides[axis];
        if (++index[axis] < array.shape[axis]) break;
        place -= array.strides[axis] * array.shape[axis];
        index[axis] = 0;
      }
    }
  }
}

/// An array of a file.
struct ReadArray {
  NpyArray array;
  std::string path;
  std::string name;
};

ColumnLook look_at(const ReadArray& read, const CellRules& rules) {
  ColumnLook look;
  for_each_value(read.array, [&](int64_t example, int64_t, int64_t place) {
    if (read.array.is_text()) look.add_cell(npy_text(read.array, place), example + 1, rules);
    else if (const double number = npy_value(read.array, place); std::isfinite(number)) look.add_number(number);
    return true;
  });
  return look;
}

[[noreturn]] void refuse_value(const ReadArray& read, const CellColumn& column, const CellRules& rules,
                               const ArrayRequest& request, int64_t place, const std::string& where,
                               const std::string& fault) {
  const CellAdviser* adviser = cell_adviser();
  if (!adviser) refuse(read.path, where, fault);
  const NpyArray& array = read.array;
  const std::string text = array.is_text() ? std::string(trimmed(npy_text(array, place))) : "";
  double number = array.is_text() ? 0 : npy_value(array, place);
  const CellKind kind = array.is_text()      ? kind_of_cell(text, rules, number)
                        : std::isnan(number) ? CellKind::Missing
                                             : CellKind::Number;
  refuse(read.path, where,
         fault + adviser->advice_for({column.field(), read.name, kind, text, !request.training}, request.target,
                                     look_at(read, rules), rules));
}

/// Stores all examples of an array from number `first` on, each value checked.
void fill(CellColumn& column, const ReadArray& read, const CellRules& rules, const ArrayRequest& request,
          int64_t first) {
  const NpyArray& array = read.array;
  for_each_value(array, [&](int64_t example, int64_t element, int64_t place) {
    const std::string fault = array.is_text()
                                  ? column.put(first + example, element, npy_text(array, place), example + 1)
                                  : column.put_number(first + example, element, npy_value(array, place));
    if (!fault.empty())
      refuse_value(read, column, rules, request, place, place_text(read.name, example, element), fault);
    return true;
  });
}

/// Bytes in row-major order that the program takes as numbers are kept as they are.
bool stays_bytes(const RawField& field, const std::vector<ReadArray>& arrays) {
  for (const auto& [array, path, name] : arrays)
    if (array.kind != NpyArray::Kind::Unsigned || array.item_bytes != 1 || array.strides.back() != 1) return false;
  return field.element.kind == Element::Kind::Real && field.reading == Reading::Value && !field.probability;
}

class ArrayLoad {
 public:
  ArrayLoad(const ArrayRequest& request, const std::vector<ArrayFiles>& parts)
      : request_(request), parts_(parts), rules_(cell_rules(request.source)) {}

  LoadedSource load() {
    for (const RawField& field : request_.fields) loaded_.fields.push_back(load_field(field));
    for (const int64_t count : counts_) loaded_.examples += count;
    loaded_.test = counts_.size() > 1 ? counts_[1] : 0;
    loaded_.file = parts_.front().path;
    loaded_.test_file = parts_.back().path;
    return std::move(loaded_);
  }

 private:
  std::vector<ReadArray> arrays_of(const RawField& field) {
    std::vector<ReadArray> arrays;
    std::vector<int64_t> counts;
    const std::string& name = field.column_name();
    for (const ArrayFiles& part : parts_) {
      arrays.push_back({array_named(part, name), part.path, name});
      const std::vector<int64_t>& shape = arrays.back().array.shape;
      if (shape.empty()) refuse(part.path, name, "is one number, not one for each example");
      const std::vector<int64_t> own(shape.begin() + 1, shape.end());
      if (!same_but_for_ones(own, field.shape))
        refuse(part.path, name,
               "has examples of " + shape_text(own) + "; the program takes " + shape_text(field.shape) +
                   (request_.training ? "" : advice_for_shape(field, own)));
      counts.push_back(shape[0]);
    }
    if (counts_.empty()) counts_ = counts;
    if (counts_ != counts)
      refuse(
          parts_[0].path, name,
          "has " + std::to_string(counts[0]) + " examples where the array before it has " + std::to_string(counts_[0]));
    return arrays;
  }

  FieldData load_field(const RawField& field) {
    const std::vector<ReadArray> arrays = arrays_of(field);
    if (stays_bytes(field, arrays)) {
      FieldData data = field_over(field, Storage::UInt8, arrays[0].array.values, arrays[0].array.owner);
      if (arrays.size() > 1) data.segments.push_back({counts_[0], arrays[1].array.values, arrays[1].array.owner});
      return data;
    }
    int64_t all = 0;
    for (const int64_t count : counts_) all += count;
    CellColumn column(field, rules_for(field, request_.target, rules_), all, words_of(field));
    fill(column, arrays[0], rules_, request_, 0);
    if (!request_.training)
      if (const std::string fault = column.end_words(counts_[0]); !fault.empty())
        refuse(parts_[0].path, field.column_name(), fault);
    if (arrays.size() > 1) fill(column, arrays[1], rules_, request_, counts_[0]);
    if (!request_.training) keep_words(column, field);
    if (!request_.training && !column.matches()) add_note(field, arrays);
    return column.finish();
  }

  /// Those of the training data; null while it is loaded.
  const std::vector<std::string>* words_of(const RawField& field) const {
    static const std::vector<std::string> none;
    if (!request_.training) return nullptr;
    const auto found = request_.training->words.find(field.name);
    return found == request_.training->words.end() ? &none : &found->second;
  }

  void keep_words(const CellColumn& column, const RawField& field) {
    const std::vector<std::string> words = column.words();
    if (words.empty() || field.reading != Reading::Value) return;
    if (field.name == request_.target) loaded_.names.classes = words;
    else loaded_.names.words[field.name] = words;
  }

  void add_note(const RawField& field, const std::vector<ReadArray>& arrays) {
    const ReadArray& first = arrays.front();
    loaded_.notes.push_back(first.path + ": " +
                            cell_adviser()->note_of_no_match(field, first.name, look_at(first, rules_)));
  }

  const ArrayRequest& request_;
  const std::vector<ArrayFiles>& parts_;
  const CellRules rules_;
  std::vector<int64_t> counts_;  ///< of examples, of each part
  LoadedSource loaded_;
};

/// Bytes that somebody could have written.
bool is_text(std::string_view bytes) {
  constexpr size_t most_looked_at = 1000;
  const auto is_sign = [](unsigned char byte) { return byte >= ' ' || byte == '\t' || byte == '\r' || byte == '\n'; };
  return !bytes.empty() && std::ranges::all_of(bytes.substr(0, most_looked_at), is_sign);
}

}  // namespace

void expect_arrays(const std::string& path, const std::vector<char>& bytes, bool archive) {
  const std::string_view text(bytes.data(), bytes.size());
  const std::string file = path.substr(path.rfind('/') + 1);
  const bool packed = text.starts_with(zip_begins), single = is_npy(bytes);
  if (archive ? packed : single) return;
  if (single) refuse(path, "", "is one array\n  help: source = npy(x: \"x.npy\", y: \"y.npy\") reads such files");
  if (packed) refuse(path, "", "is an archive of arrays\n  help: source = npz(\"" + file + "\") reads such files");
  if (is_text(text))
    refuse(path, "", "is a text and holds no arrays\n  help: source = csv(\"" + file + "\", target: ...) reads tables");
  if (!archive) refuse(path, "", "is no NumPy array");
}

LoadedSource load_arrays(const ArrayRequest& request, const std::vector<ArrayFiles>& parts) {
  return ArrayLoad(request, parts).load();
}

}  // namespace dnnc::runtime
