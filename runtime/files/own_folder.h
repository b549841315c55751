#pragma once
#include <optional>
#include <string>

/// Folders of the user's own, in which dnnc keeps what it need not make or fetch again.
namespace dnnc::runtime {

/// Where something is kept, or why nowhere.
struct OwnFolder {
  std::string path;  ///< absolute; empty: there is none
  std::string why_not;
  bool given = false;  ///< by the variable of its own
};

/// The folder for `name`: what the environment variable `own` (like DNNC_DATA) says, else $XDG_CACHE_HOME/dnnc/NAME, else
/// $HOME/.cache/dnnc/NAME. Never a folder that depends on where the command was given, nor one at the root of the system:
/// variables that are empty count as not set, and so do XDG_CACHE_HOME and HOME where they are not absolute.
OwnFolder own_folder(const char* own, const std::string& name);
/// The same of another program, which has `below` in place of dnnc/NAME.
OwnFolder cache_folder(const char* own, const std::string& below);

/// The folder as it is called without links, if what lies in it comes from this user alone: he owns it and nobody else may
/// write there, nor put another in its place. Else why it is not to be trusted; an empty reason if it is just not there.
struct Trust {
  std::optional<std::string> path;
  std::string why_not;
};
Trust trust(const std::string& folder);

/// The same for a folder that is made if it is missing, for this user alone.
Trust make_own(const std::string& folder);

}  // namespace dnnc::runtime
