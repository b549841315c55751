"""usage: unread.py SIGNAL WHERE COMMAND...    runs a command whose output nobody takes, and sends it the signal once the pipe is full.

WHERE is `stdout`, or a path at which a named pipe is made that is open for reading, but not read. Prints what it says on the
standard error; ends with its exit code (128 and the signal's number if the signal killed it), or fails if it does not end.
"""
import array
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time


def main(name, where, command):
    if where == "stdout":
        reader, writer = os.pipe()
    else:
        os.mkfifo(where)
        reader, writer = os.open(where, os.O_RDONLY | os.O_NONBLOCK), os.open(os.devnull, os.O_WRONLY)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 65536)
    before = {each: signal.SIG_DFL for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    process = subprocess.Popen(command, stdout=writer, stderr=subprocess.PIPE,
                               preexec_fn=lambda: [signal.signal(*one) for one in before.items()])
    os.close(writer)
    waiting = array.array("i", [0])
    while waiting[0] < 50000 and process.poll() is None:
        time.sleep(0.01)
        fcntl.ioctl(reader, termios.FIONREAD, waiting)
    time.sleep(0.5)  # until it has seen that no more fits
    process.send_signal(getattr(signal, name))
    try:
        _, said = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit("it waits for a reader for ever")
    print(said.decode(), end="")
    return 128 - process.returncode if process.returncode < 0 else process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
