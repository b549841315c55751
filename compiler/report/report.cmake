# The page of reports, embedded: its own parts, and dygraphs of Debian, which draws the curves.
include(${CMAKE_SOURCE_DIR}/compiler/support/embed.cmake)
find_file(DNNC_DYGRAPHS dygraph.min.js PATHS /usr/share/javascript/dygraphs NO_DEFAULT_PATH REQUIRED)
file(GLOB report_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/compiler/report/page/*)
dnnc_embed(dnnc_report report_page_parts compiler/report/page.h ${report_parts} ${DNNC_DYGRAPHS})
