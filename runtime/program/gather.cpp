#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "runtime/program/field_data.h"

namespace dnnc::runtime {
namespace {

template <class From, class To, class Convert>
void convert_rows(const FieldData& field, const uint32_t* rows, int64_t count, To* out, Convert convert) {
  for (int64_t k = 0; k < count; ++k, out += field.count) {
    const From* in = reinterpret_cast<const From*>(field.row(rows[k]));
    for (int64_t element = 0; element < field.count; ++element) out[element] = convert(in[element]);
  }
}
template <class From, class To>
void convert_rows(const FieldData& field, const uint32_t* rows, int64_t count, char* destination) {
  convert_rows<From>(field, rows, count, reinterpret_cast<To*>(destination),
                     [](From number) { return static_cast<To>(number); });
}

/// For rows of a length that the compiler knows, which it copies without a call.
template <size_t Bytes>
void copy_short_rows(const FieldData& field, const uint32_t* rows, int64_t count, char* destination) {
  for (int64_t k = 0; k < count; ++k, destination += Bytes) std::memcpy(destination, field.row(rows[k]), Bytes);
}

void copy_rows(const FieldData& field, const uint32_t* rows, int64_t count, char* destination) {
  const auto bytes = static_cast<size_t>(field.row_bytes());
  if (bytes == 4) return copy_short_rows<4>(field, rows, count, destination);
  if (bytes == 8) return copy_short_rows<8>(field, rows, count, destination);
  for (int64_t k = 0; k < count; ++k)
    std::memcpy(destination + static_cast<size_t>(k) * bytes, field.row(rows[k]), bytes);
}

}  // namespace

void gather_rows(const FieldData& field, const uint32_t* rows, int64_t count, Storage storage, char* destination) {
  if (field.storage == storage) return copy_rows(field, rows, count, destination);
  if (field.storage == Storage::UInt8 && storage == Storage::Float32)
    return convert_rows<uint8_t, float>(field, rows, count, destination);
  if (field.storage == Storage::UInt8 && storage == Storage::Int32)
    return convert_rows<uint8_t, int32_t>(field, rows, count, destination);
  if (field.storage == Storage::Int32 && storage == Storage::Float32)
    return convert_rows<int32_t, float>(field, rows, count, destination);
  if (field.storage == Storage::Float64 && storage == Storage::Float32)
    return convert_rows<double, float>(field, rows, count, destination);
  throw std::logic_error("gather_rows: field " + field.name + " cannot be narrowed");
}

void gather_rests(const FieldData& field, const uint32_t* rows, int64_t count, float* destination) {
  if (field.storage != Storage::Float64) return std::fill_n(destination, count * field.count, 0.0f), void();
  convert_rows<double>(field, rows, count, destination, [](double number) {
    return static_cast<float>(number - static_cast<double>(static_cast<float>(number)));
  });
}

}  // namespace dnnc::runtime
