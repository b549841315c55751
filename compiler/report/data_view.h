#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/data/dataset.h"
#include "runtime/program/data_description.h"

namespace dnnc {

/// What is shown of one example: a picture, or else names and numbers.
class ExampleView {
 public:
  ExampleView(const runtime::DataSet& data, const runtime::DataDescription& about);
  /// Its picture or its numbers, and where it stands.
  nlohmann::json of(uint32_t row) const;

 private:
  /// A field that is seen as a picture.
  struct Pictured {
    size_t field;
    int64_t height, width, channels;
    double least, most;  ///< of all its points: black and white
  };
  std::string picture_of(uint32_t row) const;

  const runtime::DataSet& data_;
  const runtime::DataDescription& about_;
  std::vector<Pictured> pictures_;
};

/// The element of a field of an example.
double element_of(const runtime::FieldData& field, int64_t row, int64_t element);

/// What labels of a field are called: by the data, else by their numbers.
std::vector<std::string> label_names(const runtime::DataSet& data, const runtime::DataDescription& about,
                                     const runtime::RawField& field);

/// What the data of a run hold: sizes of parts, examples of each class, ranges and missing cells of fields, some examples.
nlohmann::json data_view(const runtime::DataSet& data, const runtime::DataDescription& about);

}  // namespace dnnc
