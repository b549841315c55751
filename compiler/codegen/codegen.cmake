# libdnnc_codegen.so: all that stands on Halide and LLVM. dnnc loads it when code is first made. What it shares with dnnc,
# the runtime above all, it takes from dnnc, which exports it.
add_library(dnnc_codegen SHARED ${CMAKE_SOURCE_DIR}/compiler/codegen/codegen.cpp)
target_link_libraries(dnnc_codegen PRIVATE dnnc_native)
set_target_properties(dnnc_codegen PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
