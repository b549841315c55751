# The lexer and parser that ANTLR makes of grammar/*.g4, and token_kinds.h, the kinds of tokens as a C++ enumeration:
# all but lex.cpp, parse.cpp and the build_*.cpp files see only the latter.
find_program(ANTLR antlr4 REQUIRED)
find_package(antlr4-runtime REQUIRED)
find_library(ANTLR_RUNTIME NAMES libantlr4-runtime.a antlr4-runtime REQUIRED)

set(antlr_folder ${CMAKE_BINARY_DIR}/antlr)
set(grammar_folder ${CMAKE_SOURCE_DIR}/grammar)
set(antlr_sources ${antlr_folder}/DnnLexer.cpp ${antlr_folder}/DnnParser.cpp)
set(antlr_headers ${antlr_folder}/DnnLexer.h ${antlr_folder}/DnnParser.h)
file(MAKE_DIRECTORY ${antlr_folder}/compiler/syntax)

add_custom_command(
  OUTPUT ${antlr_sources} ${antlr_headers} ${antlr_folder}/DnnLexer.tokens
  COMMAND ${ANTLR} -Dlanguage=Cpp -no-visitor -no-listener -Xexact-output-dir -o ${antlr_folder}
          ${grammar_folder}/DnnLexer.g4 ${grammar_folder}/DnnParser.g4
  DEPENDS ${grammar_folder}/DnnLexer.g4 ${grammar_folder}/DnnParser.g4
  COMMENT "Making the parser of grammar/*.g4"
  VERBATIM)
add_custom_command(
  OUTPUT ${antlr_folder}/compiler/syntax/token_kinds.h
  COMMAND ${CMAKE_COMMAND} -D TOKENS=${antlr_folder}/DnnLexer.tokens
          -D HEADER=${antlr_folder}/compiler/syntax/token_kinds.h
          -P ${CMAKE_SOURCE_DIR}/compiler/syntax/token_kinds.cmake
  DEPENDS ${antlr_folder}/DnnLexer.tokens ${CMAKE_SOURCE_DIR}/compiler/syntax/token_kinds.cmake
  VERBATIM)
add_custom_target(dnnc_grammar DEPENDS ${antlr_headers} ${antlr_folder}/compiler/syntax/token_kinds.h)

target_sources(dnnc_syntax PRIVATE ${antlr_sources})
# Not ours to warn about. The runtime of ANTLR 4.9 is written for C++17, in which u8"" is made of char.
set_source_files_properties(${antlr_sources} PROPERTIES COMPILE_OPTIONS "-w;-fno-char8_t" SKIP_UNITY_BUILD_INCLUSION ON)
target_include_directories(dnnc_syntax PUBLIC ${antlr_folder})
target_include_directories(dnnc_syntax SYSTEM PRIVATE ${antlr_folder} ${ANTLR4_INCLUDE_DIR})
target_link_libraries(dnnc_syntax PRIVATE ${ANTLR_RUNTIME} Threads::Threads)
add_dependencies(dnnc_syntax dnnc_grammar)
