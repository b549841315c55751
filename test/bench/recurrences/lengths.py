"""How memory and time of a step grow with the length of sequences.

    python3 test/bench/recurrences/lengths.py --dnnc build/bin/dnnc [--layer "lstm(64)"] [--memory]

A line for each length, of batches of 1 and of 32: the memory of training as `dnnc info` tells it, and the time of a step on one
thread as `dnnc bench` does (not with --memory), each beside what half the length takes. Times of one row need a machine at rest.
"""
import argparse
import json
import pathlib
import struct
import subprocess
import tempfile
import zipfile

FEATURES, EXAMPLES = 8, 64
LENGTHS = [2**power for power in range(4, 12)]


def npy(shape, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}f", *values)


def write_data(path, length):
    """A wave of another speed in each example, and how fast it is."""
    values = [((step * (example + 1) * 37 + field) % 101) / 50 - 1
              for example in range(EXAMPLES) for step in range(length) for field in range(FEATURES)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", npy((EXAMPLES, length, FEATURES), values))
        archive.writestr("y.npy", npy((EXAMPLES, 1), [example / EXAMPLES for example in range(EXAMPLES)]))


def event(command, folder):
    printed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def measured(options, folder, length, batch):
    (folder / "net.dnn").write_text(
        'dnn 1\ndata d { source = npz("data.npz", target: y) }\n'
        f"net n(x: f32[{length}, {FEATURES}]) -> real[1] {{ x -> {options.layer} -> last -> dense(1) }}\n"
        f"train n on d {{ loss = mse; optimizer = adam; batch = {batch}; epochs = 2 }}\n")
    numbers = {"memory": event([options.dnnc, "info", "net.dnn", "--json"], folder)["memory"]["bytes"]}
    if not options.memory:
        numbers["seconds"] = event([options.dnnc, "bench", "net.dnn", "--json", "--threads", "1"], folder)["step_seconds"]
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dnnc", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--layer", default="lstm(64)")
    parser.add_argument("--memory", action="store_true", help="no times")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        before = {}
        for length in LENGTHS:
            write_data(folder / "data.npz", length)
            for batch in (1, 32):
                now, half = measured(options, folder, length, batch), before.get(batch)
                before[batch] = now
                line = f"{options.layer}, batch {batch:2}, length {length:5}: {now['memory'] / 2**20:8.2f} MiB"
                line += f" ({now['memory'] / half['memory']:.2f} of half the length)" if half else ""
                if "seconds" in now:
                    line += f", {1e3 * now['seconds']:9.3f} ms a step"
                    line += f" ({now['seconds'] / half['seconds']:.2f})" if half else ""
                print(line, flush=True)


main()
