# The pages that `dnnc explain` prints: a file more in explain/ is a page more.
include(${CMAKE_SOURCE_DIR}/compiler/support/embed.cmake)
file(GLOB explanations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/compiler/support/explain/*.md)
dnnc_embed(dnnc_support explanation_pages compiler/support/explain.h ${explanations})
