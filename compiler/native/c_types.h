#pragma once
#include <cstddef>
#include <span>

#include "compiler/kernels/kernel.h"
#include "compiler/native/llvm_headers.h"

namespace dnnc {

/// Where a field of a structure of C begins and how many bytes it has.
struct CField {
  size_t offset, bytes;
};

/// In what a type of LLVM differs from a structure of C with these fields; empty if both lie in memory alike.
std::string layout_fault(llvm::StructType* type, std::span<const CField> fields, size_t bytes,
                         const llvm::DataLayout& layout);

/// The structures that generated code and C share, as types of LLVM.
struct CTypes {
  llvm::StructType* dimension;  ///< halide_dimension_t
  llvm::StructType* element;    ///< halide_type_t
  llvm::StructType* buffer;     ///< halide_buffer_t
  llvm::StructType* entry;      ///< dnnc_entry
  llvm::StructType* program;    ///< dnnc_program
  llvm::StructType* view;       ///< dnnc_view
};
/// The number of the field `host` in `CTypes::buffer`.
constexpr unsigned host_field = 2;

/// Makes the types and compares each with the header of C that declares it: a difference is an InternalError.
CTypes make_c_types(llvm::LLVMContext& context, const llvm::DataLayout& layout);

/// The halide_type_t of numbers that are kept so.
llvm::Constant* element_of(const CTypes& types, Storage storage);

}  // namespace dnnc
