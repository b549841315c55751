# libFuzzer programs bin/fuzz_NAME for `./dev fuzz`: see test/README.md. The preset `sanitize` of CMakePresets.json has the
# compiler and the options that they need.
option(DNNC_FUZZ "build the fuzzers; needs clang" OFF)
if(NOT DNNC_FUZZ)
  return()
endif()

function(dnnc_fuzzer name)
  cmake_parse_arguments(FUZZER "" "" "SOURCES;LIBRARIES;DEFINITIONS" ${ARGN})
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${FUZZER_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE ${FUZZER_LIBRARIES})
  target_compile_definitions(fuzz_${name} PRIVATE DNNC_SOURCE_FOLDER="${CMAKE_SOURCE_DIR}" ${FUZZER_DEFINITIONS})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  set_property(GLOBAL APPEND PROPERTY DNNC_FUZZERS fuzz_${name})
endfunction()

dnnc_fuzzer(syntax SOURCES ${CMAKE_CURRENT_LIST_DIR}/syntax.cpp ${CMAKE_CURRENT_LIST_DIR}/change_tokens.cpp LIBRARIES dnnc_syntax)
dnnc_fuzzer(program SOURCES ${CMAKE_CURRENT_LIST_DIR}/program.cpp ${CMAKE_CURRENT_LIST_DIR}/change_tokens.cpp LIBRARIES dnnc_sema)

# One for each kind of file that the runtime reads.
add_library(attacked_files STATIC EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/test/unit/runtime/attacked_files.cpp)
target_compile_definitions(attacked_files PRIVATE DNNC_SOURCE_FOLDER="${CMAKE_SOURCE_DIR}")
target_link_libraries(attacked_files PUBLIC dnnc_runtime GTest::gtest)
foreach(kind idx idx_labels idx_gz cifar csv csv_words npz_packed npz_stored png jpg exif webp_exact webp_lossy6 bmp_runs8 bmp_opacity
        safetensors safetensors_foreign)
  dnnc_fuzzer(${kind} SOURCES ${CMAKE_CURRENT_LIST_DIR}/file.cpp LIBRARIES attacked_files DEFINITIONS DNNC_FUZZED="${kind}")
endforeach()

get_property(fuzzers GLOBAL PROPERTY DNNC_FUZZERS)
add_custom_target(fuzzers DEPENDS ${fuzzers})
