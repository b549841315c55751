"""usage: signalled.py SIGNAL TEXT COMMAND...    sends a command the signal when TEXT first appears in its output.

Prints what it wrote, to stdout or stderr, and how long it took to end after the signal, in whole seconds; ends with its exit
code (128 and the signal's number if the signal killed it). SIGNAL `ignored` starts it as `nohup` and shells in the background
do, with an ignored SIGINT, which it then gets; SIGPIPE closes what reads its standard output. `twice` after the name, as in
SIGINT-twice, sends it again at once.
"""
import os
import signal
import subprocess
import sys
import time


def main(name, text, command):
    ignored = name == "ignored"
    twice = name.endswith("-twice")
    number = signal.SIGINT if ignored else getattr(signal, name.removesuffix("-twice"))
    # Whoever runs the tests may ignore signals himself.
    before = {each: signal.SIG_DFL for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    if ignored:
        before[signal.SIGINT] = signal.SIG_IGN
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               preexec_fn=lambda: [signal.signal(*one) for one in before.items()])
    seen, sent = b"", None
    while block := os.read(process.stdout.fileno(), 4096):
        seen += block
        if sent is None and text.encode() in seen:
            sent = time.monotonic()
            if number == signal.SIGPIPE:
                process.stdout.close()
                break
            process.send_signal(number)
            if twice:
                process.send_signal(number)
    code = process.wait()
    print(seen.decode(errors="replace"), end="")
    print(f"ended after {int(time.monotonic() - sent) if sent else 'no'} s")
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
