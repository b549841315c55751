#pragma once
#include <string>

#include "compiler/kernels/kernel.h"
#include "compiler/sema/model.h"
#include "compiler/target/target.h"

namespace dnnc {

struct ManifestOptions {
  std::string target;                     ///< the word of --target
  Target machine;                         ///< that it stands for
  std::string data_folder;                ///< where the data's relative paths start
  double (*useful_flops)(const Kernel&);  ///< of a kernel's contractions
  bool check_memory = false;              ///< every call of a kernel is to be checked
  std::vector<std::string> constants;     ///< of runtime::Manifest
  std::string step_key;                   ///< of runtime::Manifest
};

/// Changes whenever the text does.
std::string key_of(const std::string& text);
/// Changes whenever the graph computes something else. Names and places in the text do not count.
std::string graph_key(Graph graph);

/// What the runtime must know to load the data of a run.
runtime::DataDescription data_description(const DataSet& data, const Sources& sources);

/// What the runtime must know of one run of the model.
runtime::Manifest make_manifest(const Model& model, const Training& training, const Plan& plan, const Sources& sources,
                                const ManifestOptions& options);

}  // namespace dnnc
