#pragma once
#include <functional>
#include <string>
#include <vector>

#include "compiler/kernels/kernel.h"
#include "runtime/program/manifest.h"

namespace dnnc {

/// What a plan does not say of itself: how places are written, and what kernels count as.
struct PlanNotes {
  std::function<std::string(Span)> place_of;  ///< "f.dnn:4:12"
  double (*useful_flops)(const Kernel&);      ///< of a kernel's contractions
};

/// The entries of a plan as the runtime knows them, in their order.
std::vector<runtime::EntryInfo> entry_infos(const Plan& plan, const PlanNotes& notes);

}  // namespace dnnc
