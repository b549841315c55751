"""Writes the expected message of tests in test/errors anew: the lines behind `#> `, from what build/bin/dnnc prints.

usage: update_checks.py [--dnnc DNNC] FILE...
"""
import argparse
import pathlib
import re
import subprocess
import sys

from message import MARK, printed_lines

TOP = pathlib.Path(__file__).resolve().parents[2]


def command_of(test, dnnc):
    """The command of the RUN line, up to where its output is compared."""
    run = re.search(r"^# RUN: (.*)\| *%message %s *$", test.read_text(), re.M)
    if not run:
        raise SystemExit(f"{test}: has no line `# RUN: ... | %message %s`")
    command = re.sub(r"\b(not|%exit \d+) ", "", run.group(1))
    replacements = {"%dnnc": str(dnnc), "%s": str(test), "%S": str(test.parent), "%examples": str(TOP / "examples"),
                    "%source": str(TOP), "%t": "/tmp/dnnc_update_checks", "%python": sys.executable}
    for name in sorted(replacements, key=len, reverse=True):
        command = command.replace(name, replacements[name])
    return command


def update(test, dnnc):
    printed = subprocess.run(command_of(test, dnnc), shell=True, text=True, capture_output=True, cwd=test.parent,
                             env={"NO_COLOR": "1", "PATH": "/usr/lib/llvm-19/bin:/usr/bin:/bin"}).stdout
    kept = [line for line in test.read_text().splitlines() if not line.startswith(MARK.rstrip())]
    expected = [(MARK + line).rstrip() for line in printed_lines(printed, test)]
    test.write_text("\n".join(kept + expected) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dnnc", type=pathlib.Path, default=TOP / "build" / "bin" / "dnnc")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    for file in arguments.files:
        update(file.resolve(), arguments.dnnc.resolve())


if __name__ == "__main__":
    main()
