#pragma once
#include "compiler/driver/pipeline.h"
#include "compiler/plot/chart.h"
#include "runtime/data/dataset.h"

namespace dnnc {

/// The data of a run, as it trains on them. Notes about them are told.
runtime::DataSet load_program_data(Session& session, const Training& training);

/// The examples of the part that --part names, else of the training; not none.
const std::vector<uint32_t>& shown_part(const Session& session, const runtime::DataSet& data);

/// What a number of a field is: "cat" of a label, else the number. `description` has the field.
std::string value_text(const runtime::DataDescription& description, const runtime::DataNames& names,
                       const runtime::RawField& field, double value);
/// The names of the classes of a field of labels; numbers as text where they have none.
std::vector<std::string> class_texts(const runtime::DataDescription& description, const runtime::DataNames& names,
                                     const runtime::RawField& field);

/// The numbers of an example, in row-major order.
std::vector<double> numbers_of(const runtime::FieldData& field, uint32_t example);

/// How a field of such a shape is seen as a picture: rows, columns and 1 or 3 channels; no rows where it is none.
struct PictureShape {
  int64_t height = 0, width = 0, channels = 0;
};
PictureShape picture_shape(const std::vector<int64_t>& shape);
/// The first field of inputs that is pictures; null if none is.
const runtime::RawField* picture_field(const runtime::DataDescription& description);
/// Black is `low`, white `high`.
chart::Images::Image picture_of(const std::vector<double>& numbers, const PictureShape& shape, double low, double high);
/// Pictures of examples: bytes as they are where they are not all dark, other numbers from the least to the largest of those shown.
std::vector<chart::Images::Image> pictures_of(const runtime::DataSet& data, const runtime::RawField& field,
                                              const std::vector<uint32_t>& examples);

/// Examples that are as far from each other as so many can be, in their order: files often have one class after the other.
std::vector<uint32_t> spread(const std::vector<uint32_t>& examples, size_t most);
/// "25 of 48,000 examples"
std::string some_examples(const std::vector<uint32_t>& chosen, const std::vector<uint32_t>& examples);

}  // namespace dnnc
