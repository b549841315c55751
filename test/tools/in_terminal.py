"""usage: in_terminal.py [--interrupt-at TEXT] COMMAND...     runs a command whose messages go to a terminal.

Prints what the command wrote to its terminal, where each `\\r` begins a new line and what clears a line is shown as `<clear>`,
and ends with the command's exit code. With --interrupt-at the command gets what Ctrl-C sends when TEXT first appears on the
terminal. What the command prints as its result is passed over.
"""
import os
import pty
import signal
import subprocess
import sys


def main(arguments):
    interrupt_at = None
    if arguments[0] == "--interrupt-at":
        interrupt_at, arguments = arguments[1].encode(), arguments[2:]
    ours, its = pty.openpty()
    environment = dict(os.environ, TERM="xterm", LC_ALL="C.UTF-8")
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=its, stdin=its, env=environment,
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
        if interrupt_at and interrupt_at in seen:
            process.send_signal(signal.SIGINT)
            interrupt_at = None
    text = seen.decode().replace("\r\n", "\n").replace("\r", "\n").replace("\033[K", "<clear>")
    print(text)
    return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
