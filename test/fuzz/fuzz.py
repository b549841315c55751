"""Runs the fuzzers and prints one line each: how many inputs were tried, now and in all runs, the slowest, memory, faults.

usage: fuzz.py --build BUILD [--seconds N] [--generated FOLDER] [--longest BYTES] [NAME ...]

What a fuzzer has found worth keeping stays in BUILD/corpus/NAME, so that the next run goes on from there; BUILD/inputs.json
counts the inputs of all runs. An input that fails, or that takes more than a second, is left in BUILD/faults.
`fuzz_syntax` and `fuzz_program` start from corpus/ here, the lessons, the library, and the programs in FOLDER.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
PROGRAMS = ("fuzz_syntax", "fuzz_program")
# A fault of ours is either slow or large long before these. Memory is that of the process, with what ASan keeps when it is
# freed: no single input takes as much.
LIMITS = ["-timeout=10", "-report_slow_units=1", "-malloc_limit_mb=512"]
# What only describes a fault takes a quarter of the time: it can be run again with everything on.
FAST = ["-entropic=0", "-reload=0"]
ASAN = ("quarantine_size_mb=16:allocator_may_return_null=0:detect_leaks=1:malloc_context_size=1:"
        "detect_stack_use_after_return=0")

INTERRUPTED = 72  # how libFuzzer says so


def seeds_of(name, generated):
    if name not in PROGRAMS:
        return []
    folders = [HERE / "corpus", SOURCE / "examples", SOURCE / "compiler" / "library"]
    return [str(folder) for folder in folders + ([generated] if generated else [])]


def run(build, name, seconds, generated, longest):
    corpus, faults = build / "corpus" / name, build / "faults"
    for folder in (corpus, faults):
        folder.mkdir(parents=True, exist_ok=True)
    command = [str(build / "bin" / name), str(corpus), *seeds_of(name, generated), *LIMITS, *FAST, f"-max_total_time={seconds}",
               "-print_final_stats=1", f"-artifact_prefix={faults}/{name}-"]
    command += [f"-rss_limit_mb={512 if name in PROGRAMS else 1024}"]
    if name in PROGRAMS:
        command += [f"-dict={HERE}/program.dict", f"-max_len={longest}"]
    environment = dict(os.environ, ASAN_OPTIONS=ASAN, UBSAN_OPTIONS="print_stacktrace=1")
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
    number = lambda what: int((re.findall(rf"stat::{what}:\s+(\d+)", done.stderr) or ["0"])[-1])
    return done, number("number_of_executed_units"), number("slowest_unit_time_sec"), number("peak_rss_mb")


def count_inputs(build, name, inputs):
    """Adds to what earlier runs have tried."""
    path = build / "inputs.json"
    totals = json.loads(path.read_text()) if path.exists() else {}
    totals[name] = totals.get(name, 0) + inputs
    path.write_text(json.dumps(totals, indent=1, sort_keys=True) + "\n")
    return totals[name]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--generated", type=pathlib.Path)
    parser.add_argument("--longest", type=int, default=4096, help="bytes of a program at most: short ones are quick")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    found = sorted(path.name for path in (arguments.build / "bin").glob("fuzz_*"))
    names = [f"fuzz_{name.removeprefix('fuzz_')}" for name in arguments.names] or found
    failed = 0
    for name in names:
        done, inputs, slowest, memory = run(arguments.build, name, arguments.seconds, arguments.generated, arguments.longest)
        total = count_inputs(arguments.build, name, inputs)
        result = {0: "no fault", INTERRUPTED: "no fault until it was interrupted"}.get(done.returncode, "FAULT")
        print(f"{name:26} {inputs:10} inputs, {total:11} in all, slowest {slowest} s, {memory} MB: {result}", flush=True)
        if result == "FAULT":
            print(done.stderr[-6000:])
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
