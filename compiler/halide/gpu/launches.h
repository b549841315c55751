#pragma once
#include <Halide.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dnnc {

/// A buffer's name with this at its end is that of its description, which the host has.
inline const std::string description_ending = ".buffer";

/// The name of the loop over threads of a launch that is made here.
inline constexpr const char* made_thread = ".thread_id_x";

/// What is launched once: groups of threads that do the same for places of their own.
struct Launch {
  std::string group, thread;  ///< the names of the loops
  Halide::Expr groups;
  int64_t threads = 1;
  Halide::DeviceAPI api;
  Halide::Internal::Stmt body = {};  ///< of one thread
  std::set<std::string> reads = {}, writes = {};
  double operations = 0;  ///< of all threads, when it is counted (merge_launches)
  double longest = 0;     ///< of one thread

  /// Of all groups.
  double threads_in_all() const;
  /// Whether its groups are so few that one may do the work of all.
  bool is_small() const;
};

/// A statement for the host, taken to pieces: what is done before everything, the launches, what memory is asked for and given
/// back for them.
struct LaunchList {
  /// Statements around all that follows: LetStmt, Allocate, and Evaluate; their bodies are not looked at.
  std::vector<Halide::Internal::Stmt> around;
  std::vector<Launch> launches;
  struct Named {
    std::string buffer;
    Halide::Internal::Stmt statement;
  };
  std::vector<Named> before;  ///< the first launch that uses the buffer
  std::vector<Named> behind;  ///< the last
};

/// Nothing if the statement is of another kind.
std::optional<LaunchList> launches_of(const Halide::Internal::Stmt& statement);

/// The statement again: each launch with what memory needs before and behind it.
Halide::Internal::Stmt statement_of(const LaunchList& list);

}  // namespace dnnc
