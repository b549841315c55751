#pragma once
#include <unistd.h>

#include <utility>

namespace dnnc::runtime {

/// An open file; closed with the object. Less than 0: none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  /// False with errno if what was written before is lost.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace dnnc::runtime
