#pragma once

namespace dnnc {

/// A text file of the repository that has become part of the program: compiler/support/embed.cmake.
struct EmbeddedText {
  const char* name;  ///< of the file, without its folder
  const char* text;
};

}  // namespace dnnc
