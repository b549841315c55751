#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "compiler/driver/commands.h"
#include "compiler/driver/files_like.h"
#include "compiler/driver/read_program.h"
#include "compiler/support/explain.h"
#include "compiler/syntax/parse.h"
#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/nearest.h"
#include "runtime/program/shown.h"

// The commands that only read and write text: new, fmt, explain.
namespace dnnc {
namespace {

constexpr const char* first_program = R"(dnn 1
# A network that learns exclusive or from four examples.

data xor = rows([0, 0] -> 0, [0, 1] -> 1, [1, 0] -> 1, [1, 1] -> 0)

net xor_net(x: f32[2]) -> prob {
  x -> dense(4, tanh) -> dense(1)
}

train xor_net on xor {
  loss = binary_crossentropy
  optimizer = adam(rate: 0.05)
  metrics = [binary_accuracy]
  batch = 4; epochs = 500; seed = 1
}

expect xor_net([0, 1]) > 0.5
expect xor_net([1, 1]) < 0.5
)";

std::string text_of(const std::string& path) {
  try {
    const std::vector<char> bytes = runtime::read_file(path);
    return {bytes.begin(), bytes.end()};
  } catch (const runtime::Failure& failure) {
    const std::string like = files_like(path, true);
    throw runtime::Failure(failure.code(), failure.what() + (like.empty() ? "" : "; " + like));
  }
}

}  // namespace

int command_new(Session& session) {
  std::string path = session.options().file;
  const std::string name = std::filesystem::path(path).filename();
  if (name.empty() || name == "." || name == "..")
    throw runtime::Failure(runtime::exit_input_output, path + ": cannot write: it names a folder");
  if (std::filesystem::path(path).extension().empty()) path += program_ending;
  if (access(path.c_str(), F_OK) == 0)
    throw runtime::Failure(runtime::exit_wrong, path + ": there is such a file already");
  runtime::write_file(path, first_program, std::char_traits<char>::length(first_program));
  session.print(fmt::format("wrote {0}; train it with: dnnc run {0}\n", runtime::shown(path)));
  return runtime::exit_done;
}

int command_fmt(Session& session) {
  const std::string& path = session.options().file;
  const std::string before = text_of(path);
  const SourceId source = session.sources().add(path, before);
  const std::optional<ast::File> file = parse(source, session.diagnostics());
  if (file) report_assigned(file->assigned, session.diagnostics());
  if (session.flush() || !file) return runtime::exit_wrong;
  const std::string after = format(*file, session.sources());
  if (session.options().check_only) {
    if (after != before) session.print(fmt::format("{} would change\n", runtime::shown(path)));
    return after == before ? runtime::exit_done : runtime::exit_wrong;
  }
  session.print(after);
  return runtime::exit_done;
}

int command_explain(Session& session) {
  const std::string& code = session.options().file;
  if (const std::optional<std::string> text = explanation(code)) {
    session.print(*text);
    return runtime::exit_done;
  }
  std::vector<std::string> codes;
  for (const DiagnosticCode& known : diagnostic_codes()) codes.push_back(known.code);
  const std::optional<std::string> near = runtime::nearest(code, codes);
  session.tell(fmt::format("dnnc: there is no message `{}`{}\n", runtime::shown(code),
                           near ? "; did you mean " + *near + "?" : ""));
  return runtime::exit_usage;
}

int command_help(Session& session) {
  if (session.options().file == runtime::exit_codes_topic) {
    session.print(runtime::exit_codes_text());
    return runtime::exit_done;
  }
  session.tell(fmt::format("dnnc: there is no help about `{}`; there is about {}, and `dnnc COMMAND --help`\n",
                           runtime::shown(session.options().file), runtime::exit_codes_topic));
  return runtime::exit_usage;
}

}  // namespace dnnc
