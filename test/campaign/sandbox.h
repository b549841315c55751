#pragma once
#include <functional>
#include <string>

namespace dnnc::campaign {

/// What became of work done in a process of its own.
struct Outcome {
  std::string end;   ///< empty if it came to its end; else "crash", "timeout" or "memory", and how
  std::string text;  ///< what the work gave
};

/// Does the work in a forked child, within limits (seconds of processor time), so that whatever it does is an Outcome.
/// An exception's text is given as the end "exception". May be called from several threads.
Outcome run_apart(const std::function<std::string()>& work, int seconds, int64_t megabytes);

}  // namespace dnnc::campaign
