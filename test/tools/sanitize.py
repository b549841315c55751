"""Runs the tests under sanitizers and two trainers under valgrind. The last line says `N passed, N failed`: a test, a
trainer's run, or one report of a sanitizer, wherever it comes from, also from a command that a test expects to fail.

usage: sanitize.py --top TOP [--only TOOLS] [TEST ...]

asan: all tests (or those given) on the build with the address, leak and undefined behaviour sanitizers. tsan: the
runtime's unit tests on the build with the thread sanitizer. valgrind: trainers of the ordinary build. Reports of third
parties are left out by suppressions/, each with its reason.
"""
import argparse
import pathlib
import sys
import tempfile
import time

from run_tests import run_suites, run_unit_tests
from valgrind_trainers import run_trainers

SUPPRESSIONS = pathlib.Path(__file__).resolve().parent / "suppressions"
REPORT_SHOWN = 4000  # characters of each report
# Halide compiles on a stack of its own, which the address sanitizer says when it sees it.
NOTES = ["WARNING: ASan doesn't fully support makecontext/swapcontext"]


def say(text):
    print(f"sanitize: {text}", flush=True)


def with_options(reports):
    """The variables of sanitized programs: reports go to files, since tests may swallow what a program prints."""
    environment = {f"{tool}_OPTIONS": f"log_path={reports}/{tool.lower()}" for tool in ("ASAN", "UBSAN", "TSAN")}
    # dnnc and libdnnc_codegen.so are linked with the same archives, and what both have is taken from dnnc (codegen.cmake):
    # two definitions of one global are right as long as they have one size.
    environment["ASAN_OPTIONS"] += ":detect_odr_violation=1"
    # Where there is not so much memory, allocation gives null, as that of the C library does.
    for tool in ("ASAN", "TSAN"):
        environment[f"{tool}_OPTIONS"] += ":allocator_may_return_null=1"
    environment["UBSAN_OPTIONS"] += ":print_stacktrace=1"
    environment["LSAN_OPTIONS"] = f"suppressions={SUPPRESSIONS}/leaks.txt:print_suppressions=0"
    return environment


def report(path):
    """What a sanitizer wrote into the file, but for its notes on what it does not know."""
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if not any(note in line for note in NOTES)).strip()


def with_reports(run):
    """What `run` counts, given the variables of sanitized programs; reports are printed, and each is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        reports = pathlib.Path(folder)
        passed, failed = run(with_options(reports))
        found = [(path.name, report(path)) for path in sorted(reports.iterdir())]
    found = [(name, text) for name, text in found if text]
    for name, text in found:
        print(f"--- {name}\n{text[:REPORT_SHOWN]}")
    say(f"{len(found)} reports")
    return passed, failed + len(found)


def run_asan(top, tests):
    build = top / "build-sanitize"
    return with_reports(lambda variables: run_suites(build, tests, {"instrumented": "1"}, variables))


def run_tsan(top, _):
    return with_reports(lambda variables: run_unit_tests(top / "build-threads", "runtime_tests", variables))


def run_valgrind(top, _):
    return run_trainers(f"{top}/build/bin/dnnc", f"{top}/examples")


TOOLS = {"asan": run_asan, "tsan": run_tsan, "valgrind": run_valgrind}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--top", required=True, type=pathlib.Path)
    parser.add_argument("--only", default=",".join(TOOLS), help="of asan, tsan and valgrind, joined by commas")
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args()
    names = arguments.only.split(",")
    if unknown := set(names) - set(TOOLS):
        parser.error(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(TOOLS)}")
    totals = [0, 0]
    for number, name in enumerate(names, 1):
        say(f"[{number}/{len(names)}] {name}")
        begin = time.monotonic()
        counts = TOOLS[name](arguments.top.resolve(), arguments.tests)
        say(f"{name}: {counts[0]} passed, {counts[1]} failed in {time.monotonic() - begin:.0f} s")
        totals = [total + count for total, count in zip(totals, counts)]
    print(f"{totals[0]} passed, {totals[1]} failed")
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
