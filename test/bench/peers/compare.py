"""Steps of two lessons beside those of other frameworks, interleaved on one machine.

    python3 test/bench/peers/compare.py --dnnc build/bin/dnnc --peers PYTHON [--rounds 5] [--keras CONFIGURATION]

PYTHON has what requirements.txt of this folder names. A round times dnnc and each framework one after another, each in a
process of its own; the order changes from round to round. Printed are all times, their medians, and the quotient of each
round: times of a shared machine can be compared within a round only. CONFIGURATION is what cifar_keras.py, run alone, names
as its best.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parents[2] / "examples"


def peer_milliseconds(command, environment):
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"step ([0-9.]+) ms", printed)[1])


def dnnc_milliseconds(dnnc, example):
    command = [dnnc, "bench", EXAMPLES / example, "--json", "--threads", "2"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])["step_seconds"] * 1e3


def compare(name, ours, theirs, rounds):
    times = {"dnnc": [], "peer": []}
    for number in range(rounds):
        order = [("dnnc", ours), ("peer", theirs)]
        for who, run in order if number % 2 == 0 else reversed(order):
            times[who].append(run())
    quotients = [a / b for a, b in zip(times["dnnc"], times["peer"])]
    for who, all_times in times.items():
        listed = "  ".join(f"{one:.3f}" for one in all_times)
        print(f"{name} {who}: median {statistics.median(all_times):.3f} ms of {listed}", flush=True)
    print(f"{name}: dnnc / peer, round by round: {'  '.join(f'{one:.2f}' for one in quotients)}; "
          f"median {statistics.median(quotients):.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dnnc", required=True, type=pathlib.Path)
    parser.add_argument("--peers", required=True, help="a Python with the frameworks")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keras", default="graph, steps_per_execution 16, tf.data", help="the configuration to compare with")
    parser.add_argument("--only", choices=("mnist", "cifar"))
    options = parser.parse_args()
    # Settings of an algebra library that some machines have for others: they would slow the frameworks down.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    environment.setdefault("BENCH_SECONDS", "2")
    script = lambda name, *arguments: [options.peers, HERE / name, *arguments]
    if options.only != "cifar":
        compare("MNIST MLP step, JAX", lambda: dnnc_milliseconds(options.dnnc, "05_mnist.dnn"),
                lambda: peer_milliseconds(script("mnist_jax.py"), environment), options.rounds)
    if options.only != "mnist":
        compare(f"CIFAR CNN step, Keras ({options.keras})", lambda: dnnc_milliseconds(options.dnnc, "09_cifar10.dnn"),
                lambda: peer_milliseconds(script("cifar_keras.py", options.keras), environment), options.rounds)


main()
