"""usage: in_terminal.py [--interrupt-at TEXT] [--size COLUMNSxLINES [--resize COLUMNSxLINES]] COMMAND...
runs a command whose messages go to a terminal.

Prints what the command wrote to its terminal, where each `\\r` begins a new line and what clears a line is shown as `<clear>`,
and ends with the command's exit code. With --interrupt-at the command gets what Ctrl-C sends when TEXT first appears on the
terminal. What the command prints as its result is passed over.

With --size the result goes to the terminal too, which has that size, and what stands on it in the end is printed: all that has
scrolled away, then the screen. It gets the size of --resize when something is first drawn on it that passes; then lines that are
longer than it is wide go on in the next, as terminals let them.
"""
import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios

PIECE = re.compile(r"\x1b\[(\d*)([A-Za-z])|\r|\n|[^\x1b\r\n]+")


class Screen:
    """Lines as a program writes them, and where they are broken: the cursor stays at the letter at which it stood."""

    def __init__(self, columns, lines):
        self.columns, self.lines = columns, lines
        self.text = [""]  # whole lines, each shown in as many rows as it needs
        self.line, self.place = 0, 0  # of the cursor
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.rest = ""  # of a sequence that has not come whole

    def rows_before(self):
        """Rows above that of the cursor, and the column of the cursor."""
        above = sum(max(1, -(-len(line) // self.columns)) for line in self.text[: self.line])
        return above + self.place // self.columns, self.place % self.columns

    def go_to_row(self, row):
        for number, line in enumerate(self.text):
            rows = max(1, -(-len(line) // self.columns))
            if row < rows:
                self.line, self.place = number, row * self.columns
                return
            row -= rows
        raise ValueError("the cursor leaves what was written")

    def write(self, block):
        text = self.rest + self.decoder.decode(block)
        whole = re.search(r"\x1b(\[\d*)?$", text)
        self.rest = text[whole.start() :] if whole else ""
        text = text[: len(text) - len(self.rest)]
        position = 0
        for piece in PIECE.finditer(text):
            if piece.start() != position:
                raise ValueError("a sequence that this terminal does not know: %r" % text[position : piece.start() + 9])
            position = piece.end()
            self.take(piece)

    def take(self, piece):
        if piece[0] == "\r":
            self.place -= self.place % self.columns
        elif piece[0] == "\n":
            if self.line + 1 == len(self.text):
                self.text.append("")
            self.line, self.place = self.line + 1, 0
        elif piece[2] == "J":
            self.text[self.line] = self.text[self.line][: self.place]
            del self.text[self.line + 1 :]
        elif piece[2] == "A":
            row = self.rows_before()[0] - int(piece[1] or 1)
            self.go_to_row(row)
        elif piece[2]:
            raise ValueError("a sequence that this terminal does not know: %r" % piece[0])
        else:
            line = self.text[self.line].ljust(self.place)
            self.text[self.line] = line[: self.place] + piece[0] + line[self.place + len(piece[0]) :]
            self.place += len(piece[0])

    def shown(self):
        return "\n".join(line.rstrip() for line in self.text)


def set_size(terminal, size):
    columns, lines = (int(number) for number in size.split("x"))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    return columns, lines


def main(arguments):
    interrupt_at = size = resize = None
    while arguments[0].startswith("--"):
        option, value, *arguments = arguments
        if option == "--interrupt-at":
            interrupt_at = value.encode()
        elif option == "--size":
            size = value
        elif option == "--resize":
            resize = value
        else:
            raise SystemExit("in_terminal: no option " + option)
    ours, its = pty.openpty()
    screen = Screen(*set_size(its, size)) if size else None
    environment = dict(os.environ, TERM="xterm", LC_ALL=os.environ.get("LC_ALL", "C.UTF-8"))
    process = subprocess.Popen(arguments, stdout=its if screen else subprocess.DEVNULL, stderr=its, stdin=its,
                               env=environment,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # tests may run without
    os.close(its)
    seen = b""
    while True:
        try:
            block = os.read(ours, 4096)
        except OSError:  # how Linux says that nobody writes any more
            break
        if not block:
            break
        seen += block
        if screen:
            screen.write(block)
        if resize and b"\033[J" in seen:
            screen.columns, screen.lines = set_size(ours, resize)
            resize = None
        if interrupt_at and interrupt_at in seen:
            process.send_signal(signal.SIGINT)
            interrupt_at = None
    if screen:
        print(screen.shown())
    else:
        print(seen.decode().replace("\r\n", "\n").replace("\r", "\n").replace("\033[J", "<clear>"))
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
