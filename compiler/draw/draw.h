#pragma once
#include <string>

#include "compiler/plot/chart.h"

namespace dnnc::chart {

struct Look {
  Theme theme = Theme::Light;
  /// Stands before every name inside of an SVG, so that several can be put into one page.
  std::string ids = "";
};

/// What draws, as a table: it stands on cairo and has fonts, and lives in a library of its own, libdnnc_draw.so, that is loaded
/// when a picture is first drawn.
struct Drawer {
  /// The bytes of a file: an SVG or, with twice as many pixels, a PNG. The same description gives the same bytes.
  std::string (*draw)(const Figure& figure, Format format, const Look& look);
};

extern "C" const Drawer* dnnc_drawer();

}  // namespace dnnc::chart
