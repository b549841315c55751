# The runtime of every trainer: nothing of the compiler. dnnc links it too, so that `run` and a trainer share it.
file(GLOB runtime_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/*.cpp)
if(runtime_sources)
  add_library(dnnc_runtime STATIC ${runtime_sources})
  target_include_directories(dnnc_runtime PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(dnnc_runtime PRIVATE -ffunction-sections -fdata-sections)
else()
  add_library(dnnc_runtime INTERFACE)
  target_include_directories(dnnc_runtime INTERFACE ${CMAKE_SOURCE_DIR})
endif()
target_link_libraries(dnnc_runtime INTERFACE Threads::Threads)

# main() of every trainer, in a library of its own: it needs a generated program.
add_library(dnnc_trainer_main STATIC ${CMAKE_SOURCE_DIR}/runtime/trainer/main.cpp)
target_include_directories(dnnc_trainer_main PRIVATE ${CMAKE_SOURCE_DIR})
