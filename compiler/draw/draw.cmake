# libdnnc_draw.so: all that stands on cairo, and the fonts that pictures are written in. dnnc loads it when a picture is first
# drawn. What it shares with dnnc it takes from dnnc, which exports it.
find_package(PkgConfig REQUIRED)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo-ft)
include(${CMAKE_SOURCE_DIR}/runtime/embed.cmake)
set(DNNC_FONTS /usr/share/fonts/truetype/dejavu)
file(GLOB draw_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/compiler/draw/*.cpp)
dnnc_batches(draw_batches draw ${draw_sources})
add_library(dnnc_draw SHARED ${draw_batches})
target_link_libraries(dnnc_draw PRIVATE dnnc_plot PkgConfig::CAIRO)
dnnc_embed_bytes(dnnc_draw dnnc_font_plain ${DNNC_FONTS}/DejaVuSans.ttf)
dnnc_embed_bytes(dnnc_draw dnnc_font_bold ${DNNC_FONTS}/DejaVuSans-Bold.ttf)
set_target_properties(dnnc_draw PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
