# The page of reports, embedded: its own parts, and dygraphs of Debian, which draws the curves.
include(${CMAKE_SOURCE_DIR}/compiler/support/embed.cmake)
find_file(DNNC_DYGRAPHS dygraph.min.js PATHS /usr/share/javascript/dygraphs NO_DEFAULT_PATH REQUIRED)
file(GLOB report_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/compiler/report/page/*)
dnnc_embed(dnnc_report report_page_parts compiler/report/page.h ${report_parts} ${DNNC_DYGRAPHS})

# libdnnc_serve.so: what serves it while a training runs, on cpp-httplib. What it shares with dnnc it takes from dnnc, which exports it.
find_package(PkgConfig REQUIRED)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
add_library(dnnc_serve SHARED ${CMAKE_SOURCE_DIR}/compiler/report/server/serve.cpp)
target_include_directories(dnnc_serve PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(dnnc_serve PRIVATE dnnc_runtime fmt::fmt PkgConfig::HTTPLIB)
set_target_properties(dnnc_serve PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
