#include <cctype>

#include "runtime/files/image.h"

namespace dnnc::runtime {

bool is_picture_name(std::string name) {
  for (char& letter : name) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  for (const PictureKind& kind : picture_kinds)
    for (const char* ending : kind.endings)
      if (name.ends_with(ending)) return true;
  return false;
}

std::string picture_endings() {
  std::string text;
  for (const PictureKind& kind : picture_kinds)
    for (const char* ending : kind.endings) text += (text.empty() ? "" : " ") + std::string(ending);
  return text;
}

}  // namespace dnnc::runtime
