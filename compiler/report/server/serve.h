#pragma once
#include <functional>
#include <string>

namespace dnnc {

/// A page that is served while what it shows goes on. All functions are called by threads of the server, any of them by one at a
/// time.
struct ServedPage {
  std::function<std::string()> page;   ///< as HTML
  std::function<std::string()> data;   ///< what it shows now, as JSON
  std::function<std::string()> state;  ///< changes whenever `data` does; is asked often
  std::function<bool()> ended;         ///< the server is to end
  std::function<void(const std::string& address)> begun;
};

/// What serves, as a table: it stands on cpp-httplib, which brings OpenSSL along, and lives in a library of its own,
/// libdnnc_serve.so, that is loaded when something is served.
struct PageServer {
  /// Serves the page to programs of this machine that know its address, until it is to end. Throws Failure where it cannot.
  void (*serve)(const ServedPage& page);
};

extern "C" const PageServer* dnnc_page_server();

}  // namespace dnnc
