#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/data/data_names.h"
#include "runtime/files/own_folder.h"
#include "runtime/program/field_data.h"

namespace dnnc::runtime {

/// A loaded set: every value has been checked against the type that the program declares. Parts are lists of row
/// numbers; a row is in one part only. Rows of `train` stand in the order of the source.
struct DataSet {
  std::vector<FieldData> fields;  ///< in the order of the manifest's "raw"
  int64_t examples = 0;           ///< of all parts together
  std::vector<uint32_t> train, validation, test;
  DataNames names;
  std::vector<std::string> files;       ///< of each example, where each is a file of its own and is known by it
  std::vector<std::string> notes = {};  ///< what people are to be told of it
  std::string file = {};                ///< whose rows the examples are; empty where they are none of a file
  std::string test_file = {};           ///< the same of test examples of the source's own

  int64_t first_row = 1;  ///< what messages call the row of the first example
  int64_t own_test = 0;   ///< so many of the last are test examples of the source's own, whose rows count anew

  /// Where the example stands: "a.csv, row 3"; "row 3" where it is of no file.
  std::string place_of(uint32_t example) const;
  const FieldData& field(const std::string& name) const;  ///< a fault of the caller if there is none
  const std::vector<uint32_t>& part(DataPart part) const;
};

struct LoadOptions {
  std::string folder;       ///< relative paths of the source start here: the folder of the .dnn file
  std::string data_folder;  ///< of fetched sets and decoded images; empty: there is none
  /// Told what a long load does and how far it is: ("decoding images", 1200, 60000). May be empty.
  std::function<void(const std::string& what, int64_t done, int64_t all)> progress;
  std::string no_data_folder = "";  ///< why there is none
};

/// Loads the data set of a manifest (`Manifest::data`), checks all values and splits it. Throws Failure, whose message
/// names the file, the row and the column, and the line of the program that reads it.
DataSet load_data(const DataDescription& data, const LoadOptions& options);

/// The symbols that a program with this data (`Manifest::data`) must be linked with: that of its source's loader
/// (source.h), the reader of new pictures (inputs.h) if the source decodes pictures, augmented_batches.h if examples are
/// augmented, the reader of dates (cell_column.h) and what fits the filling of missing values (run/fill.h) if there are some.
std::vector<std::string> needed_symbols(const DataDescription& data, const std::vector<FittedField>& fitted = {});

/// Where fetched sets and decoded images are, for this user.
OwnFolder data_folder();

/// Changes the images of `rows` (count of them, each [height, width, channels]) in place, as pictures are (augment.h).
void augment_rows(const std::vector<Augmentation>& augmentations, const std::vector<int64_t>& shape, Storage storage,
                  char* images, const uint32_t* rows, int64_t count, uint64_t seed, uint64_t epoch);

/// Puts the rows into the order of an epoch, a permutation that depends on seed and epoch only.
void shuffle(std::vector<uint32_t>& rows, uint64_t seed, uint64_t epoch);

}  // namespace dnnc::runtime
