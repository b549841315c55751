#include "runtime/run/run_main.h"

#include <atomic>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

#include "runtime/files/streams.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

int tell_of_memory(const std::string& name, const AvailableMemory& available) {
  tell(shown(name) + ": not enough memory: " + std::to_string(available.bytes) + " bytes are free " + available.limit +
       "\n");
  return exit_input_output;
}

int guarded(const std::string& name, const std::string& report_with, const std::function<int()>& body) {
  try {
    return body();
  } catch (const Failure& failure) {
    tell(shown(name) + ": " + failure.what() + "\n");
    return failure.code();
  } catch (const std::bad_alloc&) {
    return tell_of_memory(name, available_memory());
  } catch (const std::filesystem::filesystem_error& fault) {
    tell(shown(name) + ": " + showable(fault.what()) + "\n");
    return exit_input_output;
  } catch (const std::system_error& fault) {
    tell(shown(name) + ": " + fault.code().message() + "\n");
    return exit_input_output;
  } catch (const std::exception& fault) {
    // Libraries have words of their own for missing memory.
    constexpr int64_t few = int64_t{64} << 20;
    if (const AvailableMemory left = available_addresses(); left.bytes < few) return tell_of_memory(name, left);
    tell(shown(name) + ": a bug of the compiler, not of your program: " + fault.what() + "\n");
    if (!report_with.empty()) tell("please report it together with " + shown(report_with) + "\n");
    return exit_compiler_bug;
  }
}

/// The name by which this program speaks.
std::string speaker;

/// Once for each number that was asked for: those of --jobs and of --threads may both be too many.
void note_fewer_threads(int started, int wanted) {
  static std::atomic<int> said[4];
  for (std::atomic<int>& known : said) {
    int none = 0;
    if (known.compare_exchange_strong(none, wanted))
      return tell(shown(speaker) + ": note: " + std::to_string(started) + " of " + std::to_string(wanted) +
                  " threads can be started; they do the work of all\n");
    if (none == wanted) return;
  }
}

}  // namespace

int run_main(const std::string& name, const std::string& report_with, const std::function<int()>& body) {
  begin_streams();
  speaker = name;
  on_fewer_threads(note_fewer_threads);
  return end_streams(guarded(name, report_with, body));
}

}  // namespace dnnc::runtime
