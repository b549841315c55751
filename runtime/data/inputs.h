#pragma once
#include <string>
#include <vector>

#include "runtime/data/source.h"
#include "runtime/files/files.h"

/// New examples for `predict`, from numbers or files of the user's. Every value is checked against the type that the
/// program declares for the raw field, as those of the training data are.
namespace dnnc::runtime {

struct InputRequest {
  std::vector<RawField> fields;  ///< that the net takes, in the order of its inputs
  std::string target;            ///< a column of this name is passed over: new examples need no target
  const DataNames& names;        ///< of the data that the net was trained on
  const LoadOptions& options;
  DataValue source = {};  ///< of the training data: tables are written as its are
};

/// The raw fields that the net's inputs are made from, from `Manifest::data`.
std::vector<RawField> input_fields(const DataDescription& data);

/// One example, its numbers in the order of the net's inputs; `net` is for messages. Throws Failure.
DataSet example_of(const std::vector<double>& numbers, const std::vector<RawField>& fields, const std::string& net);

/// Whether a text of the command line names what is to be read with load_inputs(), by its ending or because it is there, and is
/// not numbers; or is `-`.
bool names_inputs(const std::string& text);

/// The examples of a table .csv, of arrays .npz, of a picture (image.h), of a folder of pictures, or with `-` of what of
/// these comes from the standard input; all are in the part `test`. Relative paths start where the command was given.
/// Throws Failure with file, row and column.
DataSet load_inputs(const std::string& path, const InputRequest& request);

/// Reads pictures. This needs their decoders, which are large, so it is a symbol that a trainer is linked with only
/// where its own data are pictures in files: needed_symbols().
struct PictureReader {
  LoadedSource (*read)(const InputRequest& request, const std::string& path, FileBytes bytes);
};

}  // namespace dnnc::runtime
