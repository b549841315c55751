# A driver of CUDA that runs kernels without a device: test/device/cuda/driver.cpp says how it is used.
file(GLOB stub_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/device/cuda/*.cpp)
add_library(cuda_stub SHARED ${stub_sources})
set_target_properties(cuda_stub PROPERTIES OUTPUT_NAME cuda SUFFIX .so.1 LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test/cuda_stub)
