# The campaign of random programs: see README.md, "Random programs".
file(GLOB campaign_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/campaign/*.cpp)
add_executable(campaign ${campaign_sources} test/unit/native/program_runner.cpp)
target_link_libraries(campaign PRIVATE dnnc_native dnnc_check_gradients)
dnnc_test_code(campaign)
# Compiled kernels take what they need of a runtime from the program that loads them.
set_target_properties(campaign PROPERTIES ENABLE_EXPORTS ON)
target_link_options(campaign PRIVATE LINKER:--undefined=halide_do_par_for)
