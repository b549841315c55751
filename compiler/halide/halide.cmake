# Halide 21 from its Python wheel, as an imported target. Its CMake package asks for CMake 3.28 and a Python search, so the
# library is found by its path. Only compiler/halide/ sees its headers in C++.
set(DNNC_VENV "" CACHE PATH "Python environment in which the wheel halide==21.0.0 is installed")
file(GLOB halide_wheel ${DNNC_VENV}/lib/python3*/site-packages/halide)
file(GLOB halide_library ${halide_wheel}/lib64/libHalide.so ${halide_wheel}/lib/libHalide.so)
if(NOT halide_library)
  message(FATAL_ERROR "Halide was not found: give -DDNNC_VENV=FOLDER, a Python environment with the wheel halide==21.0.0")
endif()

add_library(Halide21 SHARED IMPORTED)
set_target_properties(Halide21 PROPERTIES IMPORTED_LOCATION ${halide_library})
target_include_directories(Halide21 SYSTEM INTERFACE ${halide_wheel}/include)
target_compile_definitions(Halide21 INTERFACE HALIDE_WITH_EXCEPTIONS HALIDE_ENABLE_RTTI HALIDE_VERSION_MAJOR=21
                           HALIDE_VERSION_MINOR=0 HALIDE_VERSION_PATCH=0)
target_link_libraries(Halide21 INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
# libHalide.so has no version in its name: an old-style rpath keeps LD_LIBRARY_PATH from putting another one in its place.
target_link_options(Halide21 INTERFACE LINKER:--disable-new-dtags)

# halide_sources.h: a hash of all that decides what an object of a kernel is, for the keys of the disk cache.
file(GLOB_RECURSE halide_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/compiler/halide/*.cpp
     ${CMAKE_SOURCE_DIR}/compiler/halide/*.h)
set(batch_words ${CMAKE_SOURCE_DIR}/runtime/program/batch_words.h)
set(halide_sources_header ${CMAKE_BINARY_DIR}/halide_sources/halide_sources.h)
add_custom_command(
  OUTPUT ${halide_sources_header}
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_SOURCE_DIR}/compiler/halide -DMORE=${batch_words} -DHALIDE=21.0.0 -DOUTPUT=${halide_sources_header}
          -P ${CMAKE_SOURCE_DIR}/compiler/halide/hash_sources.cmake
  DEPENDS ${halide_sources} ${batch_words} ${CMAKE_SOURCE_DIR}/compiler/halide/hash_sources.cmake)
target_sources(dnnc_halide PRIVATE ${halide_sources_header})
target_include_directories(dnnc_halide PRIVATE ${CMAKE_BINARY_DIR}/halide_sources)

find_path(XXHASH_INCLUDE xxhash.h REQUIRED)
target_link_libraries(dnnc_halide PUBLIC dnnc_runtime PRIVATE Halide21)
target_include_directories(dnnc_halide SYSTEM PRIVATE ${XXHASH_INCLUDE})
target_compile_options(dnnc_halide PRIVATE -Wfloat-conversion)  # Halide takes a float for an int
target_precompile_headers(dnnc_halide PRIVATE <Halide.h>)
