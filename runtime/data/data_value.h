#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// A value written in a data block, DATA of the manifest: `csv("a.csv", target: medv)`.
struct DataValue {
  enum class Kind { Number, Text, List, Call } kind = Kind::Number;
  double number = 0;
  std::string text;              ///< of a Text; the name of a Call
  std::vector<DataValue> items;  ///< of a List; positional arguments of a Call
  std::vector<DataValue> named;  ///< all other arguments of a Call
  std::string name;              ///< of an argument in `named`
  std::string place;             ///< "f.dnn:4:12", of a Call

  /// The named argument, or null if it was not given.
  const DataValue* argument(const std::string& name) const;
  /// The text of a named argument; an empty one if it was not given.
  std::string word(const std::string& name) const;
  double value(const std::string& name, double standard) const;
};

/// How the program declares a field of the source.
struct RawField {
  enum class Kind { Real, Class, Integer } kind = Kind::Real;
  std::string name;
  std::vector<int64_t> shape;  ///< of one example
  int64_t count = 1;           ///< elements of one example
  int64_t classes = 0;         ///< of a Class
  bool probability = false;    ///< of a Real: between 0 and 1
  bool bytes = false;          ///< the points of a picture: whole numbers from 0 to 255
};

/// A part that is split off the training examples.
struct Split {
  std::string part;    ///< "test" or "validation"
  std::string method;  ///< "tail", "random" or "stratified"
  double share = 0;
  uint64_t seed = 0;
};

/// The object "data" of a manifest.
struct DataDescription {
  std::string name;
  DataValue source;
  std::vector<RawField> raw;
  std::vector<std::string> inputs;  ///< the raw fields that the net's inputs are made from, in the order of the inputs
  std::string target;               ///< the raw field that the target is made from
  std::vector<Split> splits;
  std::vector<DataValue> augment;
};

/// Reads the text that the compiler wrote; a fault in it is a fault of the compiler (std::logic_error).
DataDescription read_description(const std::string& data);

}  // namespace dnnc::runtime
