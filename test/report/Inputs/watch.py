"""Asks `dnnc watch` what a page asks, and what others might, while a record grows.

usage: watch.py DNNC FOLDER
"""
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys

import make_record

SECONDS = 60  # after which it hangs


def expect(right, what):
    if not right:
        raise SystemExit(f"FAULT: {what}")


class Watching:
    """A server that is being watched."""

    def __init__(self, dnnc, folder):
        self.process = subprocess.Popen([dnnc, "watch", str(folder)], stdout=subprocess.PIPE, text=True,
                                        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # who runs tests may ignore it
        self.address = self.process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/[0-9a-f]{32}/)", self.address)
        expect(found, f"the address is {self.address!r}")
        self.port, self.root = int(found.group(1)), found.group(2)

    def open(self, path, host=None, method="GET", more=""):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        host = f"Host: 127.0.0.1:{self.port}\r\n" if host is None else host
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{host}{more}\r\n".encode())
        return connection

    def ask(self, path, **about):
        """Status, head and text."""
        with self.open(path, **about) as connection:
            answer = b""
            while more := connection.recv(1 << 16):
                answer += more
        head, _, text = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), head.decode(), text.decode()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


def check_answers(watching):
    status, head, page = watching.ask(watching.root)
    expect(status == 200 and "text/html" in head and "no-store" in head, head)
    expect("connect-src 'self'" in page and '"live":true' in page and page.rstrip().endswith("</html>"), "the page is not whole")
    status, head, data = watching.ask(watching.root + "data", more="Accept-Encoding: br, gzip\r\n")
    expect(status == 200 and "Content-Encoding" not in head, head)
    expect(json.loads(data)["state"] == "running", "the training does not run")
    status, head, text = watching.ask(watching.root, method="HEAD")
    expect(status == 200 and text == "", "HEAD has a text")
    expect(watching.ask(watching.root, host=f"Host: localhost:{watching.port}\r\n")[0] == 200, "localhost is not taken")
    other = "/" + "0" * 32 + "/"
    for path, host, method, wanted in [
            ("/", None, "GET", 404), (other, None, "GET", 404), (other + "data", None, "GET", 404), (watching.root[:-2] + "/", None, "GET", 404),
            (watching.root + "record.json", None, "GET", 404), (watching.root + "../" + watching.root[1:], None, "GET", 404),
            (watching.root + "..%2f..%2fetc/passwd", None, "GET", 404), ("/%00", None, "GET", 404),
            (watching.root, "Host: attacker.example\r\n", "GET", 421), (watching.root, f"Host: attacker.example:{watching.port}\r\n", "GET", 421),
            (watching.root, "", "GET", 421), (watching.root, f"Host: 127.0.0.1:{watching.port}\r\nHost: attacker.example\r\n", "GET", 421),
            (watching.root, "Host: 127.0.0.1:1\r\n", "GET", 421), (watching.root + "events", "Host: attacker.example\r\n", "GET", 421),
            (watching.root, None, "POST", 405), (watching.root, None, "DELETE", 405), (watching.root + "data", None, "PUT", 405)]:
        status, head, text = watching.ask(path, host=host, method=method)
        expect(status == wanted, f"{method} {path} {host}: {status}, not {wanted}")
        expect("flowers" not in text and watching.root.strip("/") not in head + text, f"{method} {path}: {text[:200]}")
    listening = [line.split()[1] for line in open("/proc/net/tcp").read().splitlines()[1:] if line.split()[3] == "0A"]
    expect([place for place in listening if place.endswith(f":{watching.port:04X}")] == [f"0100007F:{watching.port:04X}"], "it listens elsewhere too")


def read_until(connection, mark, text):
    while mark not in text:
        more = connection.recv(4096)
        expect(more, f"the stream has ended: {text!r}")
        text += more
    return text


def main():
    dnnc, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    make = [sys.executable, make_record.__file__, str(folder), "plain"]
    subprocess.run([*make, "--state", "running", "--epochs", "2"], check=True)
    watching, second = Watching(dnnc, folder), Watching(dnnc, folder)
    expect(watching.root != second.root and watching.port != second.port, "two have the same address")
    check_answers(watching)
    # A page that is open is told of every epoch, and that training has ended.
    stream = watching.open(watching.root + "events")
    told = read_until(stream, b"event: changed", b"")
    expect(b"200" in told.split(b"\r\n")[0] and b"text/event-stream" in told, told)
    for more in (["--state", "running", "--epochs", "3"], []):
        subprocess.run([*make, *more], check=True)
        read_until(stream, b"event: changed", b"")
    report = json.loads(watching.ask(watching.root + "data")[2])
    expect(report["state"] == "done" and len(report["runs"][0]["history"]["epochs"]) == 20, "what is told is old")
    # A record that is gone, or damaged, is said; the server stays.
    about = (folder / "record.json").read_text()
    (folder / "record.json").write_text("{")
    status, _, text = watching.ask(watching.root + "data")
    expect(status == 500 and "record" in text, text)
    (folder / "record.json").write_text(about)
    expect(watching.ask(watching.root + "data")[0] == 200, "it does not see the record again")
    # Ends at once, however many look at it or say nothing.
    silent = socket.create_connection(("127.0.0.1", watching.port), timeout=SECONDS)
    expect(watching.end(signal.SIGINT) == 130, "it does not end as Ctrl-C wants it")
    expect(second.end(signal.SIGTERM) == 143, "it does not end as SIGTERM wants it")
    for connection in (silent, stream):
        connection.close()
    print("the page is served to those that know its address")


main()
