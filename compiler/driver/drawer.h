#pragma once
#include "compiler/draw/draw.h"

namespace dnnc {

/// What draws, loaded by the first call. Throws Failure where it cannot be loaded.
const chart::Drawer& drawer();
/// What is written from now on does not take its place.
void note_drawer();

}  // namespace dnnc
