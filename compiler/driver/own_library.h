#pragma once
#include <string>

namespace dnnc {

/// A library of dnnc's own that is loaded when it is needed, so that commands that do not need it start fast.
struct OwnLibrary {
  const char* file;
  const char* what;  ///< it is to people
};

/// Where it is.
std::string file_of(const OwnLibrary& library);
/// What is written from now on does not take its place.
void note_library(const OwnLibrary& library);
/// The function of that name in it. Throws Failure where it does not load.
void* load_function(const OwnLibrary& library, const char* name);
template <class Function>
Function load_table(const OwnLibrary& library, const char* name) {
  return reinterpret_cast<Function>(load_function(library, name));
}

}  // namespace dnnc
