#include "runtime/data/image_folder.h"

extern "C" {
extern const dnnc::runtime::PictureReader dnnc_inputs_pictures;
const dnnc::runtime::PictureReader dnnc_inputs_pictures = {dnnc::runtime::load_pictures};
}
