#include "compiler/report/server/serve.h"

#include <fmt/core.h>
#include <httplib.h>
#include <sys/random.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "runtime/files/sha256.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

namespace dnnc {
namespace {

using namespace std::chrono_literals;

constexpr const char* only_here = "127.0.0.1";
/// Each stream of events takes a thread as long as its page is open.
constexpr size_t most_streams = 24, threads = most_streams + 8;
constexpr std::chrono::milliseconds pace = 50ms, between_looks = 400ms, between_signs_of_life = 10s;
constexpr time_t seconds_to_ask = 2;
constexpr size_t token_bytes = 16;

/// What nobody can guess.
std::string new_token() {
  unsigned char bytes[token_bytes];
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes))
    throw runtime::Failure(runtime::exit_input_output, "the system gives no random numbers for an address");
  std::string token;
  for (const unsigned char byte : bytes) {
    token += runtime::hex_digits[byte >> 4];
    token += runtime::hex_digits[byte & 15];
  }
  return token;
}

/// Whether a path begins so, in a time that does not tell how far.
bool begins_so(const std::string& path, const std::string& wanted) {
  if (path.size() < wanted.size()) return false;
  unsigned char differs = 0;
  for (size_t at = 0; at < wanted.size(); ++at) differs |= static_cast<unsigned char>(path[at] ^ wanted[at]);
  return differs == 0;
}

class Serving {
 public:
  explicit Serving(const ServedPage& page) : page_(page), root_("/" + new_token() + "/") {
    server_.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server_.set_keep_alive_max_count(1);  // who keeps a connection open would keep the server from ending
    server_.set_read_timeout(seconds_to_ask);
    server_.set_write_timeout(seconds_to_ask);
    server_.set_payload_max_length(0);
    server_.set_default_headers({{"Cache-Control", "no-store"},
                                 {"X-Content-Type-Options", "nosniff"},
                                 {"X-Frame-Options", "DENY"},
                                 {"Referrer-Policy", "no-referrer"},
                                 {"Cross-Origin-Resource-Policy", "same-origin"},
                                 {"Cross-Origin-Opener-Policy", "same-origin"}});
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    port_ = server_.bind_to_any_port(only_here);
    if (port_ < 0) throw runtime::Failure(runtime::exit_input_output, "no port of this machine can be listened to");
  }

  void run() {
    std::thread listens([this] {
      const runtime::SignalsWait for_the_main_thread;
      server_.listen_after_bind();
    });
    page_.begun(fmt::format("http://{}:{}{}", only_here, port_, root_));
    while (!page_.ended()) std::this_thread::sleep_for(pace);
    ends_ = true;
    // It may be that it has not begun to listen: then stop() does nothing.
    while (!server_.is_running()) std::this_thread::sleep_for(1ms);
    server_.stop();
    listens.join();
  }

 private:
  /// A page of others may name this machine by a name of its own and so ask in the name of who looks at it: it does not know the
  /// path, and the host that it names is not ours.
  bool is_for_us(const httplib::Request& request) const {
    const std::string host = request.get_header_value("Host");
    return request.get_header_value_count("Host") == 1 &&
           (host == fmt::format("{}:{}", only_here, port_) || host == fmt::format("localhost:{}", port_));
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    if (!is_for_us(request)) return refuse(response, 421, "This is not the host that was asked for.");
    if (!begins_so(request.path, root_))
      return refuse(response, 404, "There is nothing here: the address that dnnc has printed is longer.");
    if (request.method != "GET" && request.method != "HEAD")
      return refuse(response, 405, "This can only be looked at.");
    const std::string what = request.path.substr(root_.size());
    if (what.empty()) return give(response, page_.page, "text/html; charset=utf-8");
    if (what == "data") return give(response, page_.data, "application/json");
    if (what == "events") return stream(response);
    refuse(response, 404, "There is nothing here.");
  }

  static void refuse(httplib::Response& response, int status, const char* why) {
    response.status = status;
    response.set_content(std::string(why) + "\n", "text/plain; charset=utf-8");
  }

  void give(httplib::Response& response, const std::function<std::string()>& make, const char* type) {
    std::shared_ptr<const std::string> text;
    try {
      const std::scoped_lock lock(mutex_);
      text = std::make_shared<const std::string>(make());
    } catch (const std::exception& fault) {
      return refuse(response, 500, fault.what());
    }
    // Not as a text, which would be packed: it does not go far.
    response.set_content_provider(text->size(), type, [text](size_t begin, size_t length, httplib::DataSink& sink) {
      return sink.write(text->data() + begin, length);
    });
  }

  std::string state() {
    const std::scoped_lock lock(mutex_);
    return page_.state();
  }

  /// Tells the page whenever there is more to show.
  void stream(httplib::Response& response) {
    if (++streams_ > most_streams) {
      --streams_;
      return refuse(response, 503, "Too many pages are open.");
    }
    struct Told {
      std::string state;
      std::chrono::steady_clock::time_point looked = {}, written = {};
    };
    const auto told = std::make_shared<Told>();
    response.set_chunked_content_provider(
        "text/event-stream",
        [this, told](size_t, httplib::DataSink& sink) {
          if (ends_) return false;
          const auto now = std::chrono::steady_clock::now();
          std::string text;
          if (now - told->looked >= between_looks) {
            told->looked = now;
            if (std::string is = state(); is != told->state) {
              told->state = std::move(is);
              text = "event: changed\ndata: \n\n";
            }
          }
          if (text.empty() && now - told->written >= between_signs_of_life) text = ": here\n\n";
          if (text.empty()) {
            std::this_thread::sleep_for(pace);
            return true;
          }
          told->written = now;
          return sink.write(text.data(), text.size());
        },
        [this](bool) { --streams_; });
  }

  const ServedPage& page_;
  const std::string root_;
  httplib::Server server_;
  int port_ = -1;
  std::mutex mutex_;
  std::atomic<size_t> streams_ = 0;
  std::atomic<bool> ends_ = false;
};

void serve_page(const ServedPage& page) { Serving(page).run(); }

}  // namespace

const PageServer* dnnc_page_server() {
  static const PageServer table = {serve_page};
  return &table;
}

}  // namespace dnnc
