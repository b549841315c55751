"""Runs the tests under sanitizers and two trainers under valgrind; the last line says how many reports there were.

usage: sanitize.py --top TOP [--only address,threads,valgrind] [TEST ...]

`address`: all tests (or those given) on the build with the address, leak and undefined behaviour sanitizers. A report
counts wherever it comes from, also in a command that a test expects to fail. `threads`: the runtime's unit tests on
the build with the thread sanitizer. `valgrind`: trainers of the ordinary build. Third parties are left out by
suppressions/, each with its reason.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SUPPRESSIONS = HERE / "suppressions"
TRAINERS = ("02_xor", "07_boston")


def with_options(reports):
    """The environment of sanitized programs: reports go to files, since tests may swallow what a program prints."""
    environment = dict(os.environ)
    for tool in ("ASAN", "UBSAN", "TSAN"):
        environment[f"{tool}_OPTIONS"] = f"log_path={reports}/{tool.lower()}"
    environment["UBSAN_OPTIONS"] += ":print_stacktrace=1"
    environment["ASAN_OPTIONS"] += ":detect_stack_use_after_return=0"
    environment["LSAN_OPTIONS"] = f"suppressions={SUPPRESSIONS}/leaks.txt:print_suppressions=0"
    return environment


def printed_reports(reports):
    """Prints what the sanitizers wrote and counts it."""
    files = sorted(path for path in reports.iterdir() if path.stat().st_size)
    for path in files:
        print(f"--- {path.name}\n{path.read_text(errors='replace')[:4000]}")
    return len(files)


def run_address(top, tests):
    with tempfile.TemporaryDirectory() as folder:
        reports = pathlib.Path(folder)
        command = [sys.executable, str(HERE / "run_tests.py"), "--build", str(top / "build-sanitize"), *tests]
        failed = subprocess.run(command, env=with_options(reports)).returncode != 0
        return printed_reports(reports) + failed


def run_threads(top, _):
    with tempfile.TemporaryDirectory() as folder:
        reports = pathlib.Path(folder)
        command = [str(top / "build-threads" / "bin" / "runtime_tests"), "--gtest_brief=1"]
        failed = subprocess.run(command, env=with_options(reports), stdout=subprocess.DEVNULL).returncode != 0
        return printed_reports(reports) + failed


def run_valgrind(top, _):
    """Trains for an epoch or two, writes the weights and evaluates. valgrind knows no AVX-512."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in TRAINERS:
            trainer = f"{folder}/{name}"
            subprocess.run([str(top / "build" / "bin" / "dnnc"), "compile", f"{top}/examples/{name}.dnn", "--target", "avx2",
                            "-o", trainer], check=True)
            weights = f"{folder}/{name}.safetensors"
            for arguments in (["train", "--epochs", "2", "-o", weights], ["evaluate", "--part", "train", "--weights", weights]):
                command = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite",
                           trainer, *arguments]
                done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
                wrong += done.returncode != 0
                print(f"valgrind, {name} {arguments[0]}: exit {done.returncode}\n{done.stderr if done.returncode else ''}", end="")
    return wrong


STEPS = {"address": run_address, "threads": run_threads, "valgrind": run_valgrind}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--top", required=True, type=pathlib.Path)
    parser.add_argument("--only", default=",".join(STEPS))
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args()
    counts = {name: STEPS[name](arguments.top, arguments.tests) for name in arguments.only.split(",")}
    print("sanitize: " + ", ".join(f"{name} {count} reports" for name, count in counts.items()))
    return 1 if any(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
