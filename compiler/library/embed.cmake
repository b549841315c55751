# The standard library, embedded: a file more in this folder is a file more in the library.
include(${CMAKE_SOURCE_DIR}/compiler/support/embed.cmake)
file(GLOB library_texts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/compiler/library/*.dnn)
add_library(dnnc_library STATIC)
target_include_directories(dnnc_library PUBLIC ${CMAKE_SOURCE_DIR})
target_link_libraries(dnnc_library PUBLIC ${DNNC_ABOVE})
dnnc_embed(dnnc_library library_files compiler/library/library.h ${library_texts})
dnnc_embed(dnnc_library words_of_others compiler/library/library.h ${CMAKE_SOURCE_DIR}/compiler/library/words_of_others.txt)
set(DNNC_ABOVE dnnc_library)
