"""The training loop of recurrent nets beside that of PyTorch: equal losses first, then times in turn.

    python3 test/bench/recurrences/compare.py --dnnc build/bin/dnnc --peers build/oracle/venv [--rounds 3] [--only NAME]

The environment of --peers is that which test/oracle/pytorch/compare.py makes. For each workload the nets of both sides begin
with the weights that `dnnc init` makes and take 100 steps over the same batch: printed is how far their losses are apart. Then
dnnc, PyTorch as it is (eager) and compiled (torch.compile) are timed one after the other, on two threads; the order changes from
round to round. The floor is the time of the contractions alone at the peak of fused multiply-adds of both cores, which is
probed in the same run.
"""
import argparse
import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "oracle/pytorch"))
from environment import environment

THREADS = 2
FEATURES = 64
EXAMPLES = 320


@dataclasses.dataclass
class Workload:
    kind: str
    states: int
    batch: int
    places: int
    shortest: int = 0  # of sequences that are filled up; 0: all have the same length
    layers: int = 1

    @property
    def name(self):
        layers = f"{self.layers} x " if self.layers > 1 else ""
        places = f"{self.shortest} to {self.places}" if self.shortest else self.places
        return f"{self.kind} {layers}{self.states}, batch {self.batch}, {places} places"

    def program(self, data, epochs):
        settings = (", reset: after" if self.kind == "gru" else "") + (", length: real" if self.shortest else "")
        layers = f"{self.kind}({self.states}{settings}) -> " * self.layers
        real = ", real: int" if self.shortest else ""
        return (f'dnn 1\ndata d {{ source = npz("{data}", target: y) }}\n'
                f"net n(x: f32[{self.places}, {FEATURES}]{real}) -> real[1] {{ x -> {layers}last -> dense(1) }}\n"
                f"train n on d {{ loss = mse; optimizer = adam(rate: 0.001); batch = {self.batch}; epochs = {epochs} }}\n")


WORKLOADS = [Workload("lstm", 128, 32, 64), Workload("lstm", 256, 32, 64), Workload("gru", 128, 32, 64),
             Workload("gru", 256, 32, 64), Workload("gru", 32, 16, 100), Workload("lstm", 128, 32, 200, 10, 2)]


def run(command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options).stdout


class Comparison:
    def __init__(self, options, folder):
        self.dnnc, self.folder = options.dnnc.resolve(), pathlib.Path(folder)
        venv = options.peers.resolve()
        self.python, self.environment = venv / "bin/python", environment(venv)

    def peer(self, task, *arguments):
        return run([self.python, HERE / "peer.py", task, *arguments], env=self.environment)

    def write(self, workload):
        shape = [workload.places, FEATURES, workload.shortest]
        self.peer("data", self.folder / "one.npz", workload.batch, *shape)
        self.peer("data", self.folder / "many.npz", EXAMPLES, *shape)
        (self.folder / "losses.dnn").write_text(workload.program("one.npz", 100))
        (self.folder / "times.dnn").write_text(workload.program("many.npz", 10))

    def losses_apart(self, workload):
        run([self.dnnc, "init", "losses.dnn", "-o", "start.safetensors"], cwd=self.folder)
        lines = run([self.dnnc, "train", "losses.dnn", "--json", "--from", "start.safetensors", "-o", "end.safetensors"],
                    cwd=self.folder).splitlines()
        ours = [event["loss"] for event in map(json.loads, lines) if event["event"] == "epoch"]
        theirs = json.loads(self.peer("losses", workload.kind, self.folder / "one.npz", self.folder / "start.safetensors"))
        if len(ours) != len(theirs):
            sys.exit(f"{len(ours)} losses of dnnc, {len(theirs)} of PyTorch")
        return max(abs(a - b) / max(abs(b), theirs[0] / 1e3) for a, b in zip(ours, theirs))

    def ours(self):
        printed = run([self.dnnc, "bench", "times.dnn", "--json", "--threads", THREADS], cwd=self.folder)
        return json.loads(printed.splitlines()[-1])

    def theirs(self, workload, how):
        return float(self.peer("times", workload.kind, how, self.folder / "many.npz", workload.states, workload.layers,
                               workload.batch))


def floor_of(figures):
    flops = sum(kernel["flops"] for kernel in figures["kernels"] if kernel["kind"] == "contraction")
    return flops / (THREADS * figures["peak_flops"])


def compare(comparison, workload, rounds):
    comparison.write(workload)
    print(f"{workload.name}: losses of 100 steps are at most {comparison.losses_apart(workload):.1e} apart", flush=True)
    times = {"dnnc": [], "eager": [], "compiled": []}
    floors = []
    for number in range(rounds):
        order = list(times)
        for who in order if number % 2 == 0 else reversed(order):
            if who == "dnnc":
                figures = comparison.ours()
                times[who].append(figures["step_seconds"])
                floors.append(floor_of(figures))
            else:
                times[who].append(comparison.theirs(workload, who))
    for who, seconds in times.items():
        listed = "  ".join(f"{1e3 * one:.3f}" for one in seconds)
        ratios = "  ".join(f"{one / ours:.2f}" for one, ours in zip(seconds, times["dnnc"]))
        print(f"  {who:9} {1e3 * statistics.median(seconds):8.3f} ms a step of {listed}; to dnnc {ratios}")
    shares = [floor / ours for floor, ours in zip(floors, times["dnnc"])]
    print(f"  floor     {1e3 * statistics.median(floors):8.3f} ms; dnnc reaches {100 * statistics.median(shares):.0f} % of it", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dnnc", required=True, type=pathlib.Path)
    parser.add_argument("--peers", required=True, type=pathlib.Path, help="an environment with PyTorch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="workloads whose name begins so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(options, folder)
        for workload in WORKLOADS:
            if workload.name.startswith(options.only):
                compare(comparison, workload, options.rounds)


main()
