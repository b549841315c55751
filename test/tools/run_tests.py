"""Runs all tests with lit and ends with one line `N passed, N failed`: lit tests and single unit tests alike.

usage: run_tests.py --build BUILD [--all] [PATH ...]     a PATH is a test, or a folder of tests, under test/; of unit tests a
                                                        folder, test/unit/sema
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import surroundings

LIT = "/usr/lib/llvm-19/build/utils/lit/lit.py"
TOP = pathlib.Path(__file__).resolve().parents[2]
# A test passes at its first run or fails: none may be expected to fail, or be tried again until it passes.
GOOD = {"PASS"}
LEFT_OUT = {"UNSUPPORTED", "SKIPPED", "EXCLUDED"}


def run_suites(build, paths, parameters, more=None):
    """How many tests passed and failed. `parameters` are for lit.cfg.py; no path stands for all tests. `more` are variables for
    sanitizers."""
    suites = build / "test"
    places = [suites / path.removeprefix("test/") for path in paths] or [suites, suites / "unit"]
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        command = [sys.executable, LIT, "--output", str(report), "--order=smart", "-v"]
        for name, value in parameters.items():
            command += ["--param", f"{name}={value}"]
        # lit finds the user's data; tests have what lit.cfg.py gives them.
        subprocess.run(command + [str(place) for place in places], env={**os.environ, **(more or {})})
        if not report.exists():
            print("lit did not finish")
            return 0, 1
        tests = json.loads(report.read_text())["tests"]
    codes = [test["code"] for test in tests]
    passed = sum(code in GOOD for code in codes)
    failed = sum(code not in GOOD | LEFT_OUT for code in codes)
    if failed == 0 and passed == 0:
        print("no test was found")
        failed = 1
    return passed, failed


def run_unit_tests(build, name, more=None):
    """How many tests of one GoogleTest program passed and failed; an end before its last test is one more failure."""
    surroundings.make_folders(build)
    environment = {**surroundings.environment(build), **(more or {})}
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.json"
        command = [str(build / "bin" / name), "--gtest_brief=1", f"--gtest_output=json:{report}"]
        code = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
        if not report.exists():
            return 0, 1
        counts = json.loads(report.read_text())
    failed = counts["failures"] + counts["errors"]
    return counts["tests"] - failed, failed + (code != 0 and failed == 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--all", action="store_true", help="also the long tests: whole trainings of the lessons")
    parser.add_argument("paths", nargs="*")
    arguments = parser.parse_args()
    units = [path for path in arguments.paths if path.removeprefix("test/").startswith("unit/")]
    others = [path for path in arguments.paths if path not in units]
    counts = [run_unit_tests(arguments.build, f"{pathlib.Path(path).name}_tests") for path in units]
    if others or not units:
        counts.append(run_suites(arguments.build, others, {"all": int(arguments.all)}))
    passed, failed = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
