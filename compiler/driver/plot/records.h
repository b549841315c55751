#pragma once
#include <string>

#include "compiler/driver/options.h"

namespace dnnc {

/// The weights of a record: those of its best epoch, else of its last. Throws Failure where the folder is none.
std::string record_weights(const std::string& folder);

/// What was asked of a folder that is a record: its program, with its run and constants, and its weights, where nothing else was
/// given. Throws Failure where it is none.
Options of_record(Options options, const std::string& folder);

}  // namespace dnnc
