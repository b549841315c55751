"""Trains every program of lessons/ and models/ in three ways and prints how far their losses are apart: see README.md."""
import argparse
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
from safetensors.numpy import load_file

import training

HERE = pathlib.Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"
# How far a loss of the interpreter in float64, and of compiled code in float32, may be from PyTorch's, relatively. A loss
# in float32 that is less than a thousandth of the first one is what is left of larger numbers, and is compared with that.
INTERPRETED, COMPILED, SMALL = 1e-9, 1e-4, 1e-3
SEED = 1


def programs(names):
    for path in sorted(HERE.glob("lessons/*.py")) + sorted(HERE.glob("models/*.py")):
        if not names or path.stem in names:
            yield path, EXAMPLES / f"{path.stem}.dnn" if path.parent.name == "lessons" else path.with_suffix(".dnn")


def cases_of(path):
    spec = importlib.util.spec_from_file_location("written_in_pytorch", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.CASES


def streams_of(graphs, run):
    """The streams of the draws in the training step, by the label of the node in which they stand."""
    run = run or r"\w+"
    step = re.search(rf'^graph "{run}[.]train"\n(.*?)(?=^graph |\Z)', graphs, re.M | re.S)[1]
    return {label: int(stream) for label, stream in re.findall(r"^%([^\[ ]+).*?stream: (\d+)", step, re.M)}


def output_of(*command):
    finished = subprocess.run(command, capture_output=True, text=True)
    if finished.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {finished.returncode}: {finished.stdout}{finished.stderr}")
    return finished.stdout


def initial_weights(dnnc, program, case, folder):
    """By `dnnc init`, which runs compiled code."""
    run = ["--run", case.run] if case.run else []
    weights = folder / "start.safetensors"
    if "made_up.npz" in program.read_text():  # of which statistics are taken, where there are any
        fields = {name: values for name, values in case.batches[0].items() if "." not in name and name != "count"}
        numpy.savez(folder / "made_up.npz", **fields)
        run += ["--data", folder]
    output_of(dnnc, "init", program, *run, "--seed", str(SEED), "-o", weights)
    return load_file(weights)


def as_lists(arrays):
    return {name: numpy.ravel(values).astype(float).tolist() for name, values in arrays.items()}


def with_rests(fields, graphs):
    """The fields and what float32 leaves of them: nothing, as they are made of float32."""
    return fields | {f"rest of {name}": [0.0] * len(fields[name]) for name in fields if f'"rest of {name}"' in graphs}


def without_rests(start):
    """PyTorch's programs subtract the mean alone."""
    return {name: [0.0] * len(values) if name.endswith("mean_rest") else values for name, values in start.items()}


def train_by_dnnc(build, program, case, folder):
    """What trace_steps prints, and the streams of draws."""
    dnnc = str(build / "bin/dnnc")
    graphs = output_of(dnnc, "check", "--emit=graph", program)
    request = {
        "file": str(program),
        "run": case.run,
        "batch": len(next(iter(case.batches[0].values()))),
        "steps": case.steps,
        "epochs": case.epochs,
        "seed": SEED,
        "start": without_rests(as_lists(initial_weights(dnnc, program, case, folder))),
        "batches": [with_rests(as_lists(batch), graphs) for batch in case.batches],
    }
    (folder / "request.json").write_text(json.dumps(request))
    traced = json.loads(output_of(build / "bin/trace_steps", folder / "request.json"))
    return traced, streams_of(graphs, case.run)


def distance(losses, expected, smallest=0):
    """The largest difference relative to the loss; infinite where a number is none."""
    losses, expected = numpy.array(losses, float), numpy.array(expected)
    if not numpy.isfinite(losses).all() or not numpy.isfinite(expected).all():
        return numpy.inf
    apart, size = numpy.abs(losses - expected), numpy.maximum(numpy.abs(expected), smallest)
    return float(numpy.max(numpy.divide(apart, size, out=apart.copy(), where=size != 0)))


def compare(build, path, program):
    """Prints a line for each run; yields whether it is right."""
    for case in cases_of(path):
        with tempfile.TemporaryDirectory() as folder:
            traced, streams = train_by_dnnc(build, program, case, pathlib.Path(folder))
        expected = training.train(case, traced["start"], SEED, streams)
        apart = (distance(traced["interpreted"], expected),
                 distance(traced["compiled"], expected, SMALL * abs(expected[0])))
        right = apart[0] <= INTERPRETED and apart[1] <= COMPILED
        name = f"{path.stem} {case.run}"
        print(f"{name:42} {case.steps:5}  {expected[0]:10.4g} {expected[-2]:10.4g} {expected[-1]:10.4g}"
              f"  {apart[0]:11.1e} {apart[1]:9.1e}  {'equal' if right else 'WRONG'}", flush=True)
        yield right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    print(f"{'program':42} {'steps':>5}  {'first loss':>10} {'last':>10} {'evaluated':>10}  {'interpreter':>11} {'compiled':>9}")
    results = [right for path, program in programs(arguments.names)
               for right in compare(arguments.build.resolve(), path, program)]
    print(f"{sum(results)} of {len(results)} runs equal PyTorch in float64: the interpreter to {INTERPRETED:g},"
          f" compiled float32 to {COMPILED:g}")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
