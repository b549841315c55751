"""What the tests of faults share: a folder to work in, programs to train, the library that makes calls fail, and how a command
is run and its files are looked at."""
import dataclasses
import errno
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent

# A net that has all that a checkpoint keeps: optimizer states, a running statistic, an average, best weights, a plateau.
NET = """dnn 1
data points {
  source = csv("d.csv", target: t)
  validation = random(20%, seed: 1); test = random(20%, seed: 2)
  features = standardize(features)
}
net n(features: f32[2]) -> real { features -> dense(5, tanh) -> batchnorm -> dense(1) }
train n on points {
  loss = mse
  optimizer = adam(rate: 0.01)
  batch = 4; epochs = 6; seed = 7
  average = ema(0.9); keep = best(on: validation.loss)
}
expect train.loss < 1000
"""
SMALL = """dnn 1
data points { source = csv("d.csv", target: t) }
net n(features: f32[2]) -> real { features -> dense(1) }
train n on points { loss = mse; optimizer = sgd(rate: 0.0001); epochs = 1000 }
"""
PICTURES = """dnn 1
data pictures { source = images("pets", size: 4x4); image = image / 255 }
net n(x: f32[4, 4, 1]) -> class[2] { x -> flatten -> dense(2) }
train n on pictures { loss = crossentropy; optimizer = sgd(rate: 0.1); epochs = 2; seed = 1 }
"""
TABLE = "a,b,t\n" + "".join(f"{i % 7},{i * i % 11},{(3 * i + i % 5) % 13}\n" for i in range(30))
ASKED = "a,b\n1,2\n3,4\n5,6\n"


def picture(number):
    """A gray one of 4x4."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((number * 50 + 16 * row + column) % 256 for column in range(4)) for row in range(4))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


PETS = {f"pets/{kind}/{number}.png": picture(5 * label + number) for label, kind in enumerate(("cat", "dog")) for number in range(2)}
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclasses.dataclass
class Ended:
    code: int  # below 0: a signal
    out: str
    err: str
    seconds: float


class Lab:
    def __init__(self, dnnc, top, compiler):
        self.dnnc, self.top = os.path.abspath(dnnc), pathlib.Path(top).resolve()
        for folder in ("cache", "home", "tmp"):
            (self.top / folder).mkdir(parents=True, exist_ok=True)
        self.library = self.top / "inject.so"
        subprocess.run([compiler, "-x", "c", "-O1", "-shared", "-fPIC", HERE / "Inputs" / "inject.c", "-o", self.library], check=True)
        self.cache = self.top / "cache"

    def environment(self, variables=None, cache=None):
        return {"PATH": os.environ["PATH"], "HOME": str(self.top / "home"), "TMPDIR": str(self.top / "tmp"), "LC_ALL": "C",
                "XDG_CACHE_HOME": str(cache or self.cache), **(variables or {})}

    def start(self, command, folder, variables=None, cache=None, **more):
        """With signals as a terminal gives them."""
        while True:
            try:
                return subprocess.Popen([str(word) for word in command], cwd=folder, env=self.environment(variables, cache),
                                        stdin=subprocess.DEVNULL, text=True, errors="replace", preexec_fn=usual_signals, **more)
            except OSError as error:
                # Another thread has begun a process while a trainer was written here: that one holds it for a moment.
                if error.errno != errno.ETXTBSY:
                    raise
                time.sleep(0.001)

    def run(self, command, folder, variables=None, cache=None, limit=600):
        begin = time.monotonic()
        process = self.start(command, folder, variables, cache, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += f"it did not end within {limit} s\n"
        return Ended(process.returncode, out, err, time.monotonic() - begin)

    def good(self, command, folder, **more):
        ended = self.run(command, folder, **more)
        assert ended.code == 0, f"{command}: {ended.code}\n{ended.out}{ended.err}"
        return ended

    def folder(self, name, files=None):
        """A fresh one with these files."""
        folder = self.top / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        put_files(folder, files if files is not None else {"net.dnn": NET, "d.csv": TABLE, "x.csv": ASKED, "small.dnn": SMALL, "pictures.dnn": PICTURES, **PETS})
        return folder


def usual_signals():
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)


def put_files(folder, files):
    for name, contents in files.items():
        data = contents.encode() if isinstance(contents, str) else contents
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        if data[:4] == b"\x7fELF":
            (folder / name).chmod(0o755)


def files_of(folder):
    """Name -> bytes of all files below."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def epochs_of(history):
    """What a history says, without times and how many epochs were planned; None if a line is not whole."""
    if history and not history.endswith(b"\n"):
        return None
    lines = []
    for line in history.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            return None
        lines.append({name: value for name, value in event.items() if "seconds" not in name and name != "epochs"})
    return lines


def is_whole(weights):
    """Whether bytes are a safetensors file to its end."""
    if len(weights) < 8:
        return False
    length, = struct.unpack("<Q", weights[:8])
    try:
        header = json.loads(weights[8:8 + length])
    except ValueError:
        return False
    ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    return len(weights) == 8 + length + max(ends, default=0)


def tensors_of(weights):
    """The bytes of the tensors alone."""
    return weights[8 + struct.unpack("<Q", weights[:8])[0]:]


class Table:
    """Rows that are printed at once, with what is wrong below them."""

    def __init__(self, widths, head):
        self.widths, self.faults = widths, []
        self.row(*head)

    def row(self, *cells):
        print("  ".join(f"{cell!s:<{width}}" for cell, width in zip(cells, self.widths)).rstrip(), flush=True)

    def wrong(self, lines, most=5):
        self.faults += lines
        for line in lines[:most]:
            print(f"    WRONG: {line}", flush=True)
        if len(lines) > most:
            print(f"    and {len(lines) - most} more", flush=True)
