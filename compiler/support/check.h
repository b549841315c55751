#pragma once
#include <stdexcept>
#include <string>

namespace dnnc {

/// A fault of the compiler, never of the user: main reports it with a request to send the program, and exits 70.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// States what must hold. `what` names the pass and the thing at fault: `fuse: %7 is read before it is defined`.
inline void check(bool holds, const std::string& what) {
  if (!holds) throw InternalError(what);
}

}  // namespace dnnc
