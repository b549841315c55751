# cmake -D FILES=a;b -D FUNCTION=name -D HEADER=path.h -D OUTPUT=path.cpp -P embed_texts.cmake: see embed.cmake.
set(rows "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} text)
  string(APPEND rows "      {\"${name}\", R\"~~~(${text})~~~\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace dnnc {

const std::vector<EmbeddedText>& ${FUNCTION}() {
  static const std::vector<EmbeddedText> texts{
${rows}  };
  return texts;
}

}  // namespace dnnc
")
