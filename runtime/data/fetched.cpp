#include "runtime/data/fetched.h"

#include "runtime/files/mapped_file.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {

std::string fetched_file(const SourceRequest& request, const std::string& file) {
  const std::string name = request.data.source.word("name");
  const LoadOptions& options = request.options;
  if (options.data_folder.empty())
    throw Failure(exit_input_output, "the data set `" + name + "` is not here: " + options.no_data_folder);
  const std::string path = options.data_folder + "/" + name + "/" + file;
  if (!file_exists(path))
    throw Failure(exit_input_output,
                  path + ": the data set `" + name + "` is not here; fetch it with: dnnc data fetch " + name);
  return path;
}

}  // namespace dnnc::runtime
