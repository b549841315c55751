# LLVM 19 and lld of Debian, for native/ alone.
find_package(LLVM 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19/lib/cmake/llvm)
foreach(library lldELF lldCommon)
  find_library(DNNC_${library} ${library} PATHS ${LLVM_LIBRARY_DIR} REQUIRED NO_DEFAULT_PATH)
endforeach()
find_library(DNNC_LLVM NAMES LLVM-19 LLVM PATHS ${LLVM_LIBRARY_DIR} REQUIRED NO_DEFAULT_PATH)

# What a trainer is linked of, besides kernels, step and runtime: the C start files and the static parts of libstdc++.
function(dnnc_gcc_file variable name)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${name} OUTPUT_VARIABLE path
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  get_filename_component(path ${path} REALPATH)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} has no ${name}")
  endif()
  set(${variable} ${path} PARENT_SCOPE)
endfunction()
foreach(file libz.a libpng.a libjpeg.a libwebp.a crt1.o crti.o crtn.o crtbegin.o crtend.o libstdc++.a libgcc.a libgcc_eh.a libc.so.6 libm.so.6
        libc_nonshared.a ld-linux-x86-64.so.2)
  string(MAKE_C_IDENTIFIER ${file} variable)
  dnnc_gcc_file(DNNC_${variable} ${file})
endforeach()
# A build with sanitizers links trainers of the archives of an ordinary one: lld is not told of the sanitizers' libraries.
set(DNNC_ARCHIVE_FOLDER "$<TARGET_FILE_DIR:dnnc_runtime>" CACHE STRING "where the archives lie that trainers are linked of")
configure_file(${CMAKE_SOURCE_DIR}/compiler/native/link_files.h.in ${CMAKE_BINARY_DIR}/generated/native/link_files.h)

if(TARGET dnnc_native)
  get_target_property(native_kind dnnc_native TYPE)
  if(native_kind STREQUAL STATIC_LIBRARY)
    # Of Halide: HalideRuntime.h, the structures of C that kernels are called with.
    target_include_directories(dnnc_native SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${halide_wheel}/include)
    target_include_directories(dnnc_native PRIVATE ${CMAKE_BINARY_DIR}/generated)
    target_compile_definitions(dnnc_native PRIVATE DNNC_ARCHIVE_FOLDER="${DNNC_ARCHIVE_FOLDER}")
    add_dependencies(dnnc_native dnnc_trainer_main)
    target_precompile_headers(dnnc_native PRIVATE ${CMAKE_SOURCE_DIR}/compiler/native/llvm_headers.h)
    target_link_libraries(dnnc_native PUBLIC dnnc_runtime PRIVATE ${DNNC_lldELF} ${DNNC_lldCommon} ${DNNC_LLVM} z zstd)
  endif()
endif()
