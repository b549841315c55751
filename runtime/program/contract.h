#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// A condition as a tree that is evaluated without the compiler.
struct ContractTerm {
  enum class Kind : uint8_t {
    Number,
    Reference,  ///< `name` is that of a number of a run (run_numbers.h)
    Operation,  ///< `name` is a scalar function's name in the table of ir/functions.h; children are its arguments
    Predict     ///< the answer to a raw example: the label of a class, else the number
  } kind = Kind::Number;
  double number = 0;
  std::string name = {};                    ///< of a Reference, Operation
  std::string run = {};                     ///< of a Reference, Predict: the training meant
  std::vector<ContractTerm> children = {};  ///< of an Operation; of a Predict the numbers of the raw inputs in order
  bool operator==(const ContractTerm&) const = default;
};

/// An `expect` of the program.
struct Contract {
  std::string text;  ///< as written
  std::string place;
  ContractTerm condition;  ///< holds if its value is not 0
  bool operator==(const Contract&) const = default;
};

}  // namespace dnnc::runtime
