#include "compiler/native/c_types.h"

#include <HalideRuntime.h>

#include "compiler/support/check.h"
#include "runtime/program/kernel_buffer.h"
#include "runtime/program/program.h"

namespace dnnc {
namespace {

#define DNNC_FIELD(type, name) \
  CField { offsetof(type, name), sizeof(type::name) }

constexpr CField dimension_fields[] = {DNNC_FIELD(halide_dimension_t, min), DNNC_FIELD(halide_dimension_t, extent),
                                       DNNC_FIELD(halide_dimension_t, stride), DNNC_FIELD(halide_dimension_t, flags)};
constexpr CField element_fields[] = {DNNC_FIELD(halide_type_t, code), DNNC_FIELD(halide_type_t, bits),
                                     DNNC_FIELD(halide_type_t, lanes)};
constexpr CField buffer_fields[] = {DNNC_FIELD(halide_buffer_t, device), DNNC_FIELD(halide_buffer_t, device_interface),
                                    DNNC_FIELD(halide_buffer_t, host),   DNNC_FIELD(halide_buffer_t, flags),
                                    DNNC_FIELD(halide_buffer_t, type),   DNNC_FIELD(halide_buffer_t, dimensions),
                                    DNNC_FIELD(halide_buffer_t, dim),    DNNC_FIELD(halide_buffer_t, padding)};
constexpr CField entry_fields[] = {DNNC_FIELD(dnnc_entry, compute), DNNC_FIELD(dnnc_entry, update),
                                   DNNC_FIELD(dnnc_entry, calls), DNNC_FIELD(dnnc_entry, call_count)};
constexpr CField program_fields[] = {
    DNNC_FIELD(dnnc_program, manifest),    DNNC_FIELD(dnnc_program, manifest_bytes), DNNC_FIELD(dnnc_program, entries),
    DNNC_FIELD(dnnc_program, entry_count), DNNC_FIELD(dnnc_program, bind),           DNNC_FIELD(dnnc_program, device),
    DNNC_FIELD(dnnc_program, views),       DNNC_FIELD(dnnc_program, view_count),     DNNC_FIELD(dnnc_program, next)};
constexpr CField view_fields[] = {DNNC_FIELD(dnnc_view, buffer), DNNC_FIELD(dnnc_view, offset),
                                  DNNC_FIELD(dnnc_view, bytes)};

/// Whether the fields are all that the structure has: between them is no room for another but what alignment leaves.
constexpr bool are_all(std::span<const CField> fields, size_t bytes) {
  size_t end = 0;
  for (const CField& field : fields) {
    if (field.offset < end || field.offset - end >= alignof(void*)) return false;
    end = field.offset + field.bytes;
  }
  return end <= bytes && bytes - end < alignof(void*);
}
static_assert(are_all(dimension_fields, sizeof(halide_dimension_t)));
static_assert(are_all(element_fields, sizeof(halide_type_t)));
static_assert(are_all(buffer_fields, sizeof(halide_buffer_t)));
static_assert(are_all(entry_fields, sizeof(dnnc_entry)));
static_assert(are_all(program_fields, sizeof(dnnc_program)));
static_assert(are_all(view_fields, sizeof(dnnc_view)));
// Where kernels run on a device, the runtime reads these structures too.
static_assert(sizeof(runtime::KernelBuffer) == sizeof(halide_buffer_t) &&
              offsetof(runtime::KernelBuffer, device) == offsetof(halide_buffer_t, device) &&
              offsetof(runtime::KernelBuffer, type_code) ==
                  offsetof(halide_buffer_t, type) + offsetof(halide_type_t, code) &&
              offsetof(runtime::KernelBuffer, type_bits) ==
                  offsetof(halide_buffer_t, type) + offsetof(halide_type_t, bits) &&
              offsetof(runtime::KernelBuffer, dimensions) == offsetof(halide_buffer_t, dimensions) &&
              offsetof(runtime::KernelBuffer, dim) == offsetof(halide_buffer_t, dim));
static_assert(sizeof(runtime::KernelBuffer::Dimension) == sizeof(halide_dimension_t) &&
              offsetof(runtime::KernelBuffer::Dimension, extent) == offsetof(halide_dimension_t, extent));
static_assert(buffer_fields[host_field].offset == offsetof(halide_buffer_t, host));

// Functions of an entry return it in one register: the code in the lower half.
static_assert(sizeof(dnnc_outcome) == sizeof(uint64_t) && offsetof(dnnc_outcome, code) == 0 &&
              offsetof(dnnc_outcome, call) == 4);

llvm::StructType* checked(llvm::StructType* type, const char* name, std::span<const CField> fields, size_t bytes,
                          const llvm::DataLayout& layout) {
  const std::string fault = layout_fault(type, fields, bytes, layout);
  check(fault.empty(), std::string("native: ") + name + ": " + fault);
  return type;
}

}  // namespace

std::string layout_fault(llvm::StructType* type, std::span<const CField> fields, size_t bytes,
                         const llvm::DataLayout& layout) {
  const llvm::StructLayout* places = layout.getStructLayout(type);
  if (type->getNumElements() != fields.size()) return "number of fields";
  for (unsigned number = 0; number < fields.size(); ++number) {
    const bool same = places->getElementOffset(number) == fields[number].offset &&
                      layout.getTypeStoreSize(type->getElementType(number)) == fields[number].bytes;
    if (!same) return "field " + std::to_string(number);
  }
  return places->getSizeInBytes() == bytes ? "" : "size";
}

CTypes make_c_types(llvm::LLVMContext& context, const llvm::DataLayout& layout) {
  llvm::Type *i8 = llvm::Type::getInt8Ty(context), *i16 = llvm::Type::getInt16Ty(context),
             *i32 = llvm::Type::getInt32Ty(context), *i64 = llvm::Type::getInt64Ty(context),
             *pointer = llvm::PointerType::getUnqual(context);
  const auto make = [](auto*... fields) { return llvm::StructType::get(fields...); };
  CTypes types{};
  types.dimension =
      checked(make(i32, i32, i32, i32), "halide_dimension_t", dimension_fields, sizeof(halide_dimension_t), layout);
  types.element = checked(make(i8, i8, i16), "halide_type_t", element_fields, sizeof(halide_type_t), layout);
  types.buffer = checked(make(i64, pointer, pointer, i64, types.element, i32, pointer, pointer), "halide_buffer_t",
                         buffer_fields, sizeof(halide_buffer_t), layout);
  types.entry = checked(make(pointer, pointer, pointer, i64), "dnnc_entry", entry_fields, sizeof(dnnc_entry), layout);
  types.program = checked(make(pointer, i64, pointer, i64, pointer, pointer, pointer, i64, pointer), "dnnc_program",
                          program_fields, sizeof(dnnc_program), layout);
  types.view = checked(make(pointer, i64, i64), "dnnc_view", view_fields, sizeof(dnnc_view), layout);
  return types;
}

llvm::Constant* element_of(const CTypes& types, Storage storage) {
  constexpr uint8_t of_int = 0, of_uint = 1, of_float = 2;  // Halide's numbers for kinds of elements
  const auto make = [&](uint8_t code, uint8_t bits) {
    llvm::LLVMContext& context = types.element->getContext();
    return llvm::ConstantStruct::get(types.element, llvm::ConstantInt::get(llvm::Type::getInt8Ty(context), code),
                                     llvm::ConstantInt::get(llvm::Type::getInt8Ty(context), bits),
                                     llvm::ConstantInt::get(llvm::Type::getInt16Ty(context), 1));
  };
  switch (storage) {
    case Storage::Float32:
      return make(of_float, 32);
    case Storage::UInt8:
      return make(of_uint, 8);
    case Storage::Int32:
      return make(of_int, 32);
    case Storage::Float64:
      break;
  }
  throw InternalError("native: an unknown storage");
}

}  // namespace dnnc
