#pragma once
#include <stddef.h>
#include <stdint.h>

/// The C interface between generated code and the runtime: one constant `dnnc_generated` in each program, found by the JIT or
/// linked into a trainer.
extern "C" {

/// How a function over the arena ended. A kernel that reports a fault is the last that is called.
struct dnnc_outcome {
  int32_t code;   ///< 0: all kernels did what they should. Else what the kernel returned
  uint32_t call;  ///< the number of that kernel's call; 0 if there is none
};

/// One function of the program over the arena; what it is for tells the manifest. Part 0 computes, part 1 stores updates
/// (nothing for most entries).
struct dnnc_entry {
  struct dnnc_outcome (*compute)(void);
  struct dnnc_outcome (*update)(void);  ///< may be null
  /// Each call of a kernel that `compute` and then `update` make, for measurements and for memory_check.h: in the trips of
  /// the loops around it whose numbers are given, outermost first (null if there is no loop). Stores the numbers that the
  /// kernel reads, and returns what the kernel returns.
  int32_t (*const* calls)(const int64_t* trips);
  size_t call_count;
};

struct dnnc_device;

/// A buffer as one kind of argument sees it, and its place in the arena.
struct dnnc_view {
  void* buffer;  ///< see kernel_buffer.h
  int64_t offset, bytes;
};

struct dnnc_program {
  const char* manifest;  ///< JSON, see manifest.h
  size_t manifest_bytes;
  const struct dnnc_entry* entries;
  size_t entry_count;
  /// Gives every buffer of every kernel its place in the arena (64-byte aligned). Must be called before any entry. Null where
  /// the arena lies on a device.
  void (*bind)(char* arena);
  /// Where the arena lies (device.h), and what of it each buffer is; null and none: in this process.
  const struct dnnc_device* device = nullptr;
  const struct dnnc_view* views = nullptr;
  size_t view_count = 0;
  /// The same program, made for another target; null behind the last one.
  const struct dnnc_program* next = nullptr;
};

extern const struct dnnc_program dnnc_generated;
}

namespace dnnc::runtime {

/// Its name where code is made, linked and loaded.
inline constexpr const char* program_symbol = "dnnc_generated";

}  // namespace dnnc::runtime
