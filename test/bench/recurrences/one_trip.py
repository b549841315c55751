"""One trip of a recurrence for one example beside the time that it takes to read its weights.

    python3 test/bench/recurrences/one_trip.py --dnnc build/bin/dnnc [--states 256] [--rounds 5]

A line for each layer: what a trip of the forward loop takes on one thread, as `dnnc bench` tells it, and what a loop takes that
reads as many bytes as the trip's weights have again and again, round by round one after the other. Needs a C++ compiler.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

PLACES, FEATURES = 64, 8
# How many matrices of states by states a trip multiplies by.
LAYERS = {"rnn({})": 1, "gru({}, reset: after)": 3, "lstm({})": 4}


def printed(command, folder):
    return subprocess.run([str(part) for part in command], cwd=folder, check=True, capture_output=True, text=True).stdout


def program(layer):
    return (f"dnn 1\ndata d {{ source = linear(n: 64) }}\n"
            f"net n(x: f32[{PLACES * FEATURES}]) -> class[2] {{\n"
            f"  sequence = reshape(x, [{PLACES}, {FEATURES}])\n  sequence -> {layer} -> last -> dense(2)\n}}\n"
            "train n on d { loss = crossentropy; optimizer = sgd(rate: 0.01); batch = 1; epochs = 2 }\n")


def seconds_of_a_trip(options, folder, layer):
    (folder / "net.dnn").write_text(program(layer))
    figures = json.loads(printed([options.dnnc, "bench", "net.dnn", "--json", "--threads", 1], folder).splitlines()[-1])
    forward = figures["loops"][0]
    return forward["seconds"] / forward["trips"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dnnc", required=True, type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--states", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = pathlib.Path(__file__).resolve().parent / "read_speed.cpp"
        printed(["c++", "-O3", "-march=native", source, "-o", folder / "read_speed"], folder)
        for form, matrices in LAYERS.items():
            layer, weights = form.format(options.states), 4 * matrices * options.states**2
            rounds = [(seconds_of_a_trip(options, folder, layer), float(printed([folder / "read_speed", weights], folder)))
                      for _ in range(options.rounds)]
            trip, read = (statistics.median(times) for times in zip(*rounds))
            ratio = statistics.median(trip / read for trip, read in rounds)
            print(f"{layer}: {1e6 * trip:7.2f} us a trip; its {weights / 2**10:.0f} KiB of weights are read in "
                  f"{1e6 * read:7.2f} us ({weights / read / 1e9:.0f} GB/s); {ratio:.2f} times that", flush=True)


main()
