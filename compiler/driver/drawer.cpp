#include "compiler/driver/drawer.h"

#include "compiler/driver/own_library.h"

namespace dnnc {
namespace {

constexpr OwnLibrary drawer_library = {"libdnnc_draw.so", "drawer of pictures"};

}  // namespace

const chart::Drawer& drawer() {
  static const chart::Drawer* const table = load_table<decltype(&chart::dnnc_drawer)>(drawer_library, "dnnc_drawer")();
  return *table;
}

void note_drawer() { note_library(drawer_library); }

}  // namespace dnnc
