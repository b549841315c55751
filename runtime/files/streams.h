#pragma once
#include <string_view>

/// What dnnc and trainers print. Output that is lost is an error: the exit code says so.
namespace dnnc::runtime {

/// Call it first in main. Descriptors 0, 1 and 2 that are closed are filled, so that no file that is opened later takes
/// their number and gets what is printed. A reader that is gone and a file that is too large become errors of writing
/// instead of signals that end the process.
void begin_streams();

void print(std::string_view text);  ///< to the standard output, at once
void tell(std::string_view text);   ///< to the standard error, at once, or as `tell_through` says

/// From here on `tell` hands its texts to `teller`, which prints them for programs to read.
using Teller = void (*)(std::string_view text);
void tell_through(Teller teller);

/// Whether the standard error is a terminal on which lines can be drawn again and in colours.
bool draws_on_terminal();

/// Draws what passes on the terminal of the standard error, a line or several, in place of what was drawn before; of an empty
/// text nothing. Lines are cut where the terminal ends. It is wiped before print() and tell() write, when the program ends, and by
/// the signals that end it. At most twenty times a second: a text that comes sooner is not drawn. The cursor stays where it
/// begins, so that all of it can be wiped, whatever size the terminal has got since.
void draw_passing(std::string_view text);
/// Whether a text would be drawn now.
bool passing_is_due();
/// How many columns the terminal of the standard error has, and how many lines; 80 and 24 where it does not say.
struct TerminalSize {
  size_t columns = 80, lines = 24;
};
TerminalSize terminal_size();

/// Whether the standard output is a pipe that nobody reads any more: who works for it alone may stop.
bool nobody_reads();

/// The exit code of a program that would end with `code`: exit_input_output with a message if output was lost,
/// exit_nobody_reads without one if its reader was gone and all else was done. Codes of signals and bugs stay.
int end_streams(int code);

}  // namespace dnnc::runtime
