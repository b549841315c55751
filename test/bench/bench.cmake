# Benchmarks: built by name, run by hand (ninja contraction_bench && bin/contraction_bench).
add_executable(contraction_bench EXCLUDE_FROM_ALL test/bench/contraction_bench.cpp test/unit/halide/kernel_runner.cpp
               test/unit/halide/contraction_cases.cpp)
target_include_directories(contraction_bench PRIVATE ${CMAKE_SOURCE_DIR}/test/unit/halide)
target_link_libraries(contraction_bench PRIVATE dnnc_halide dnnc_runtime)
set_target_properties(contraction_bench PROPERTIES ENABLE_EXPORTS ON)
# What kernels tell of faults is written down by the runner, not told as the runtime does.
target_link_options(contraction_bench PRIVATE LINKER:-z,muldefs)
