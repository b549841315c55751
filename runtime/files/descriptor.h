#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace dnnc::runtime {

/// What a system call gives, made again where a signal came between. Slow disks and those of other machines say so too.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// Takes what is written and gives nothing.
inline constexpr const char* null_device = "/dev/null";

/// An open file; closed with the object. Less than 0: none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  /// False with errno if what was written before is lost.
  bool close() { return ::close(std::exchange(number_, -1)) == 0 || errno == EINTR; }  // it is closed all the same

 private:
  int number_;
};

/// Opens a file, which no program that is started inherits. None with errno if it cannot be opened.
inline Descriptor open_file(const std::string& path, int flags, mode_t mode = 0) {
  return Descriptor(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); }));
}

}  // namespace dnnc::runtime
