#include "runtime/run/answer_file.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstring>

#include "runtime/files/files.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"
#include "runtime/run/answers.h"
#include "runtime/run/options.h"

namespace dnnc::runtime {
namespace {

constexpr const char *example_column = event_fields::example, *file_column = event_fields::file;

/// A cell of a table, between quotes where something in it would end it.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos && !text.starts_with(' ') && !text.ends_with(' ')) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// As many digits as tell the number from every other one.
std::string number_text(const Items& items, size_t place) {
  if (items.words) return items.word(place);
  char text[40];
  std::snprintf(text, sizeof text, items.storage == Storage::Float64 ? "%.17g" : "%.9g", items.values[place]);
  return std::strstr(text, "nan") ? "nan" : text;
}

/// "[1, 2]": the element of that number; a name in place of the last index where it has one.
std::string index_text(const std::vector<int64_t>& shape, int64_t place, const std::vector<std::string>* last) {
  std::string text;
  for (size_t axis = shape.size(); axis-- > 0;) {
    const auto index = static_cast<size_t>(place % shape[axis]);
    place /= shape[axis];
    const bool named = last && axis + 1 == shape.size() && index < last->size();
    text = (named ? (*last)[index] : std::to_string(index)) + (text.empty() ? "" : ", ") + text;
  }
  return "[" + text + "]";
}

template <class Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_number(NpzArray& array, const Items& items, size_t place) {
  const double value = items.values[place];
  if (items.words || items.storage == Storage::Int32) append(array.bytes, static_cast<int64_t>(value));
  else if (items.storage == Storage::UInt8) append(array.bytes, static_cast<uint8_t>(value));
  else if (items.storage == Storage::Float64) append(array.bytes, value);
  else append(array.bytes, static_cast<float>(value));
}

const char* type_of(const Items& items) {
  if (items.words || items.storage == Storage::Int32) return "<i8";
  if (items.storage == Storage::UInt8) return "|u1";
  return items.storage == Storage::Float64 ? "<f8" : "<f4";
}

}  // namespace

AnswerFile::AnswerFile(std::string path) : path_(std::move(path)) {
  std::string name = path_, known;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const KindRow& row : kinds) {
    if (name.ends_with(row.ending)) {
      kind_ = row.kind;
      return;
    }
    known += std::string(" ") + row.ending;
  }
  throw Failure(exit_usage, std::string(output_option_too) + ": " + path_ + ": answers are written to files" + known);
}

/// A thing that is alone is called as in the lines of --json.
std::vector<AnswerFile::Piece> AnswerFile::pieces_of(const AnsweredExample& example) {
  std::vector<Piece> pieces;
  const auto add = [&](std::string name, const Items& items, const std::vector<std::string>* last = nullptr) {
    while (name == example_column || name == file_column || std::ranges::count(pieces, name, &Piece::name)) name += "_";
    pieces.push_back({std::move(name), &items, last && !last->empty() ? last : nullptr});
  };
  for (const Shown& answer : example.answers) {
    const std::string before = example.answers.size() == 1 ? "" : answer.name + ".";
    if (answer.labels) add(before + answer_words::label, *answer.labels);
    if (answer.labels) add(before + answer_words::probabilities, answer.values, answer.labels->words);
    else add(answer.name, answer.values);
  }
  for (const Shown& target : example.targets)
    add((example.targets.size() == 1 ? "" : target.name + ".") + answer_words::target, target.values);
  return pieces;
}

void AnswerFile::add_line(const AnsweredExample& example, const std::vector<Piece>& pieces) {
  std::string head = example_column, line = std::to_string(example.number);
  if (!example.file.empty()) {
    head += std::string(",") + file_column;
    line += "," + cell(example.file);
  }
  for (const Piece& piece : pieces)
    for (size_t i = 0; i < piece.items->values.size(); ++i) {
      const bool several = piece.items->values.size() > 1;
      if (examples_ == 0)
        head += "," + cell(piece.name +
                           (several ? index_text(piece.items->shape, static_cast<int64_t>(i), piece.last_axis) : ""));
      line += "," + cell(number_text(*piece.items, i));
    }
  text_ += (examples_ == 0 ? head + "\n" : "") + line + "\n";
}

void AnswerFile::add_arrays(const AnsweredExample& example, const std::vector<Piece>& pieces) {
  if (arrays_.empty()) {
    arrays_.push_back({example_column, "<i8"});
    for (const Piece& piece : pieces) arrays_.push_back({piece.name, type_of(*piece.items), piece.items->shape});
    for (const Piece& piece : pieces)
      if (piece.items->words && !piece.items->words->empty())
        arrays_.push_back(text_array(piece.name + "_names", *piece.items->words));
  }
  append(arrays_[0].bytes, static_cast<int64_t>(example.number));
  for (size_t k = 0; k < pieces.size(); ++k)
    for (size_t i = 0; i < pieces[k].items->values.size(); ++i) append_number(arrays_[k + 1], *pieces[k].items, i);
  if (!example.file.empty()) files_.push_back(example.file);
}

void AnswerFile::add(const AnsweredExample& example) {
  const std::vector<Piece> pieces = pieces_of(example);
  if (kind_ == Kind::Table) add_line(example, pieces);
  else add_arrays(example, pieces);
  ++examples_;
}

void AnswerFile::write() const {
  std::string bytes = text_;
  if (kind_ == Kind::Arrays) {
    std::vector<NpzArray> arrays = arrays_;
    for (NpzArray& array : arrays)
      if (!array.whole) array.shape.insert(array.shape.begin(), examples_);
    if (!files_.empty()) arrays.push_back(text_array(file_column, files_));
    bytes = npz_bytes(arrays, path_);
  }
  write_file(path_, bytes.data(), bytes.size());
}

}  // namespace dnnc::runtime
