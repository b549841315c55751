#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace dnnc {

/// Says on the standard error what takes long, from a thread of its own. On a terminal, from one second on, in one line that
/// is drawn again where it stands and wiped in the end; elsewhere in a line after `patience`, and then every ten seconds.
class Progress {
 public:
  using Text = std::function<std::string()>;  ///< asked for at any time, by that thread

  Progress(bool terminal, std::chrono::milliseconds patience);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is done from now on.
  void show(Text text);

 private:
  void run();
  void draw();

  bool terminal_;
  std::chrono::steady_clock::time_point next_;  ///< when the line is drawn
  std::mutex mutex_;                            ///< of all below
  std::condition_variable changed_;
  bool ends_ = false;
  Text text_;
  std::thread thread_;
};

}  // namespace dnnc
