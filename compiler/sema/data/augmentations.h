#pragma once
#include "compiler/sema/data/data_blocks.h"

namespace dnnc {

/// Reads `augment = [flip(horizontal), shift(4)]` into the block; reports what is no augmentation.
void read_augment(const ast::Setting& setting, const CallReader& reader, DataBlock& block);

}  // namespace dnnc
