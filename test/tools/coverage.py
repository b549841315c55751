"""Runs the tests on a build that counts lines and prints how many lines of compiler/ and runtime/ they reach.

usage: coverage.py --top TOP [--least PERCENT] [--files N] [--kept] [TEST ...]

Prints a row for each folder and for the N files with most lines unreached, which it names. Tests and the parser that
ANTLR generates are not counted. `--kept` prints what earlier runs have counted. Fails if a test does, or if less than
PERCENT of all lines are reached.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from run_tests import run_suites

COUNTED = ("compiler/", "runtime/")


def forget_counts(build):
    for path in build.rglob("*.gcda"):
        path.unlink()


def counted_lines(top, build):
    """For each file, how often each of its lines ran."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "lines.json"
        command = [sys.executable, "-m", "gcovr", "--root", str(top), "--object-directory", str(build), "--json", str(report)]
        for prefix in COUNTED:
            command += ["--filter", f"{top}/{prefix}"]
        # Templates and headers are in many objects, some of which gcov 12 counts wrongly below zero.
        command += ["--gcov-ignore-parse-errors=negative_hits.warn", "--merge-mode-functions=separate"]
        # All tests together run the innermost loops more often than the 2^32 times that gcovr takes for a fault of gcov.
        command += ["--gcov-suspicious-hits-threshold", "0"]
        # The compiler that CMake tries has counts too, of a source that is gone.
        command += ["--gcov-exclude-directories", ".*/CompilerId.*", str(build)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        files = json.loads(report.read_text())["files"]
    return {file["file"]: merged(file["lines"]) for file in files if file["lines"]}


def merged(lines):
    counts = collections.Counter()
    for line in lines:
        counts[line["line_number"]] += line["count"]
    return counts


def reached(counts):
    return sum(count > 0 for count in counts.values())


def ranges(counts):
    """The lines that no test reaches: `12-15 40`. Lines without code between two of them are left out of sight."""
    parts, open_range = [], None
    for line in sorted(counts):
        if counts[line]:
            open_range = None
        elif open_range:
            open_range[1] = line
        else:
            open_range = [line, line]
            parts.append(open_range)
    return " ".join(f"{first}-{last}" if first != last else str(first) for first, last in parts)


def row(name, lines, hit, missing=""):
    print(f"{name:44} {lines:6} {lines - hit:6} {100 * hit / lines:6.1f} %  {missing}".rstrip())


def print_tables(files, most):
    folders = collections.defaultdict(list)
    for name, counts in files.items():
        folders[str(pathlib.PurePath(name).parent)].append(counts)
    print(f"{'folder':44} {'lines':>6} {'missed':>6} {'reached':>8}")
    for name, members in sorted(folders.items()):
        row(name, sum(map(len, members)), sum(map(reached, members)))
    print(f"\n{'file':44} {'lines':>6} {'missed':>6} {'reached':>8}  unreached lines")
    missed = lambda counts: len(counts) - reached(counts)
    for name, counts in sorted(files.items(), key=lambda file: (-missed(file[1]), file[0]))[:most]:
        if missed(counts):
            row(name, len(counts), reached(counts), ranges(counts))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--top", required=True, type=pathlib.Path)
    parser.add_argument("--least", type=float, default=90)
    parser.add_argument("--files", type=int, default=30)
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("tests", nargs="*")
    arguments = parser.parse_args()
    top = arguments.top.resolve()
    build = top / "build-coverage"
    failed = 0
    if not arguments.kept:
        forget_counts(build)
        passed, failed = run_suites(build, arguments.tests, {"instrumented": "1"})
        print(f"{passed} passed, {failed} failed")
    files = counted_lines(top, build)
    print_tables(files, arguments.files)
    lines, hit = sum(map(len, files.values())), sum(map(reached, files.values()))
    share = 100 * hit / lines
    print(f"\n{hit} of {lines} lines of compiler/ and runtime/ are reached: {share:.1f} %, {arguments.least:g} % are wanted")
    return 1 if failed or share < arguments.least else 0


if __name__ == "__main__":
    sys.exit(main())
