# test/unit/FOLDER/*.cpp becomes build/bin/FOLDER_tests, linked to the library of that folder. Random graphs come with
# values for the interpreter, and passes are held to differences.
set(DNNC_ORACLE_ir dnnc_interpret)
set(DNNC_ORACLE_passes dnnc_check_gradients)
# Code of tests is compiled more often than it runs: what takes time in a test stands in the libraries.
function(dnnc_test_code target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
enable_testing()
file(GLOB test_folders LIST_DIRECTORIES true RELATIVE ${CMAKE_SOURCE_DIR}/test/unit ${CMAKE_SOURCE_DIR}/test/unit/*)
foreach(folder ${test_folders})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/unit/${folder}/*.cpp)
  if(sources AND TARGET dnnc_${folder})
    add_executable(${folder}_tests ${sources})
    dnnc_test_code(${folder}_tests)
    target_link_libraries(${folder}_tests PRIVATE ${DNNC_ORACLE_${folder}} dnnc_${folder} rapidcheck GTest::gtest
                          GTest::gtest_main)
    target_compile_definitions(${folder}_tests PRIVATE DNNC_SOURCE_FOLDER="${CMAKE_SOURCE_DIR}")
    # A test may load compiled kernels, which take what they need of a runtime from it.
    set_target_properties(${folder}_tests PROPERTIES ENABLE_EXPORTS ON)
    add_test(NAME ${folder}_tests COMMAND ${folder}_tests)
  endif()
endforeach()
# Those of kernels stand in for what kernels call of the runtime.
target_link_options(halide_tests PRIVATE LINKER:-z,muldefs)
add_dependencies(driver_tests dnnc_codegen dnnc_draw)  # they load them as dnnc does

# lit runs test/ and the programs above: see test/README.md.
set(DNNC_LLVM_TOOLS /usr/lib/llvm-19/bin CACHE PATH "folder of FileCheck, not and split-file")
set(DNNC_LIT_CONFIG lit.cfg.py)
configure_file(${CMAKE_SOURCE_DIR}/test/lit.site.cfg.py.in ${CMAKE_BINARY_DIR}/test/lit.site.cfg.py @ONLY)
set(DNNC_LIT_CONFIG unit/lit.cfg.py)
configure_file(${CMAKE_SOURCE_DIR}/test/lit.site.cfg.py.in ${CMAKE_BINARY_DIR}/test/unit/lit.site.cfg.py @ONLY)

include(${CMAKE_SOURCE_DIR}/test/oracle/oracle.cmake)
include(${CMAKE_SOURCE_DIR}/test/bench/bench.cmake)
include(${CMAKE_SOURCE_DIR}/test/campaign/campaign.cmake)
include(${CMAKE_SOURCE_DIR}/test/device/device.cmake)
include(${CMAKE_SOURCE_DIR}/test/fuzz/fuzz.cmake)
