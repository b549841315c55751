#pragma once
#include <string>
#include <vector>

#include "test/campaign/formulas.h"
#include "test/campaign/program.h"

namespace dnnc::campaign {

/// A value in the body of the net.
struct NetValue {
  std::string name;
  Shape shape;
  int64_t classes = 0;  ///< of labels; 0: numbers
};

/// What a result of the net is: the head, and for a class how many.
struct NetOutput {
  std::string name;  ///< empty if it is the only one
  std::string head;  ///< "real", "prob", "class"
  int64_t classes = 0;
  Shape shape;
  std::string type() const;
};

struct Network {
  std::string definitions;  ///< of the program's own layers
  std::vector<NetValue> inputs;
  bool standardized = false;  ///< the inputs are
  std::vector<std::string> body;
  std::vector<NetOutput> outputs;
  std::string text() const;  ///< of the net
};

std::string shape_text(const Shape& shape);  ///< "[7, 5]", empty for a number
int64_t count_of(const Shape& shape);

/// A net called `network`, its statements tried one by one.
Network random_network(Choices& choices, Program& program);

}  // namespace dnnc::campaign
