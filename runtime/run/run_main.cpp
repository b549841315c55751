#include "runtime/run/run_main.h"

#include <exception>
#include <filesystem>
#include <new>
#include <system_error>

#include "runtime/files/streams.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

int guarded(const std::string& name, const std::string& report_with, const std::function<int()>& body) {
  try {
    return body();
  } catch (const Failure& failure) {
    tell(shown(name) + ": " + failure.what() + "\n");
    return failure.code();
  } catch (const std::bad_alloc&) {
    tell(shown(name) + ": not enough memory\n");
    return exit_input_output;
  } catch (const std::filesystem::filesystem_error& fault) {
    tell(shown(name) + ": " + showable(fault.what()) + "\n");
    return exit_input_output;
  } catch (const std::system_error& fault) {
    tell(shown(name) + ": " + fault.code().message() + "\n");
    return exit_input_output;
  } catch (const std::exception& fault) {
    tell(shown(name) + ": a bug of the compiler, not of your program: " + fault.what() + "\n");
    if (!report_with.empty()) tell("please report it together with " + shown(report_with) + "\n");
    return exit_compiler_bug;
  }
}

}  // namespace

int run_main(const std::string& name, const std::string& report_with, const std::function<int()>& body) {
  begin_streams();
  return end_streams(guarded(name, report_with, body));
}

}  // namespace dnnc::runtime
