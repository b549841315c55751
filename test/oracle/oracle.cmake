# What the comparison with PyTorch runs: see test/oracle/pytorch/README.md.
add_executable(trace_steps test/oracle/trace_steps.cpp test/unit/native/program_runner.cpp)
target_link_libraries(trace_steps PRIVATE dnnc_native dnnc_driver)
set_target_properties(trace_steps PROPERTIES ENABLE_EXPORTS ON)
