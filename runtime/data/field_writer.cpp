#include <cstring>

#include "runtime/data/source.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/field_values.h"

namespace dnnc::runtime {
namespace {

template <class T>
void store(char* row, int64_t element, double value) {
  const T number = static_cast<T>(value);
  std::memcpy(row + element * static_cast<int64_t>(sizeof(T)), &number, sizeof(T));
}

std::shared_ptr<std::vector<char>> zeros(int64_t row_bytes, int64_t examples, const std::string& field) {
  expect_memory(row_bytes, examples, std::to_string(examples) + " examples of `" + field + "`");
  return std::make_shared<std::vector<char>>(static_cast<size_t>(row_bytes * examples));
}

}  // namespace

Storage storage_of(const RawField& field) {
  if (field.bytes) return Storage::UInt8;
  if (field.element.kind != Element::Kind::Real) return Storage::Int32;
  return field.precise ? Storage::Float64 : Storage::Float32;
}

FieldWriter::FieldWriter(const RawField& field, int64_t examples, Storage storage)
    : field_(field),
      storage_(storage),
      row_bytes_(field.count() * bytes_of(storage)),
      memory_(zeros(row_bytes_, examples, field.name)) {}

std::string FieldWriter::put(int64_t example, int64_t element, double value) {
  const std::string fault = fault_of(field_, value);
  if (!fault.empty()) return fault;
  switch (storage_) {
    case Storage::Float32:
      store<float>(row(example), element, value);
      break;
    case Storage::Float64:
      store<double>(row(example), element, value);
      break;
    case Storage::Int32:
      store<int32_t>(row(example), element, value);
      break;
    case Storage::UInt8:
      store<uint8_t>(row(example), element, value);
      break;
  }
  return "";
}

FieldData FieldWriter::finish() { return field_over(field_, storage_, memory_->data(), memory_); }

FieldData field_over(const RawField& field, Storage storage, const char* rows, std::shared_ptr<const void> owner) {
  FieldData data;
  data.name = field.name;
  data.storage = storage;
  data.shape = field.shape;
  data.count = field.count();
  data.segments.push_back({0, rows, std::move(owner)});
  return data;
}

}  // namespace dnnc::runtime
