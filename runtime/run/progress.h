#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace dnnc::runtime {

/// Says on the standard error what takes long, from a thread of its own. On a terminal, from one second on, in one line that
/// is drawn again where it stands and wiped in the end; elsewhere in a line after `patience`, and then every ten seconds.
class Progress {
 public:
  using Text = std::function<std::string()>;  ///< asked for at any time, by that thread
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds usual_patience = std::chrono::seconds(10);

  Progress(bool terminal, std::chrono::milliseconds patience);
  /// The first line comes at `next`.
  Progress(bool terminal, Clock::time_point next);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is done from now on.
  void show(Text text);
  /// What the program waits for meanwhile: it is said beside what is done. None: for nothing.
  void wait_for(Text text);
  /// When the next line comes.
  Clock::time_point next();

  /// When the first line comes of what begins now.
  static Clock::time_point first(bool terminal, std::chrono::milliseconds patience);

 private:
  void run();
  std::string text() const;
  void draw();

  bool terminal_;
  std::mutex mutex_;  ///< of all below
  std::condition_variable changed_;
  Clock::time_point next_;
  bool ends_ = false;
  Text text_, waits_for_;
  std::thread thread_;
};

}  // namespace dnnc::runtime
