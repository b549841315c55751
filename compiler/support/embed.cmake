# dnnc_embed(TARGET FUNCTION HEADER FILES...)
# Adds to TARGET the function `const std::vector<EmbeddedText>& FUNCTION()`, declared in HEADER, that gives the texts of
# FILES in that order.
function(dnnc_embed target function header)
  set(generated ${CMAKE_BINARY_DIR}/embedded/${function}.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -D "FILES=${ARGN}" -D FUNCTION=${function} -D HEADER=${header} -D OUTPUT=${generated}
            -P ${CMAKE_SOURCE_DIR}/compiler/support/embed_texts.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/compiler/support/embed_texts.cmake
    COMMENT "Embedding the texts of ${function}"
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
