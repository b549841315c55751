"""Applies every `help:` of the bad programs of test/errors and of the pages of `dnnc explain`.

usage: check_helps.py DNNC FILE...      FILE is a test of a message, or a page whose wrong example is taken

All replacements of a program are applied at once, and again those that are suggested then. No fault may be left but those of the
program that have no help: where each has one, the program compiles.
"""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

NO_FILE = "E0801"  # what a program here imports need not be there
MOST_ROUNDS = 3  # a line with two foreign signs is told of the second when the first is gone
PLAIN = re.compile(r"^# RUN: not %dnnc check %s 2>&1 \| %message %s$", re.M)


def errors_of(dnnc, program, text):
    program.write_bytes(text)
    run = subprocess.run([dnnc, "check", "--message-format=json", program], capture_output=True)
    return [json.loads(line) for line in (run.stdout + run.stderr).splitlines() if line.startswith(b'{"event":"message"')]


def offset(text, line, column):
    """Columns count characters."""
    before = text.split(b"\n")[:line - 1]
    rest = text.split(b"\n")[line - 1].decode()
    return sum(len(part) + 1 for part in before) + len(rest[:column - 1].encode())


def mended(text, errors):
    """The text with the replacements of the errors, the last one first so that places stay right."""
    edits = set()
    for error in errors:
        if "replacement" in error:
            new = error["replacement"]
            edits.add((offset(text, new["line"], new["column"]), offset(text, new["end_line"], new["end_column"]),
                       new["text"].encode()))
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[end:]
    return text, len(edits)


def programs_in(file):
    text = file.read_text()
    if file.suffix == ".md":
        found = re.search(r"^Wrong:\n```dnn\n(.*?)^```", text, re.M | re.S)
        return [found.group(1).encode()] if found else []
    return [text.encode()] if PLAIN.search(text) else []


def look_at(dnnc, folder, file):
    """How many helps were applied, and what is wrong with them."""
    applied, faults = 0, []
    for text in programs_in(file):
        program = folder / f"{file.stem}.dnn"
        errors = errors_of(dnnc, program, text)
        known = {(error["code"], error["message"]) for error in errors if "replacement" not in error}
        for _ in range(MOST_ROUNDS):
            text, count = mended(text, errors)
            applied += count
            errors = errors_of(dnnc, program, text) if count else errors
        left = [f"{file.name}: {e['code']} {e['message']}" for e in errors
                if (e["code"], e["message"]) not in known and e["code"] != NO_FILE]
        faults += left + [text.decode(errors="replace")] if left else []
    return applied, faults


def main():
    dnnc, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        looks = list(pool.map(lambda file: look_at(dnnc, pathlib.Path(folder), file), files))
    for _, faults in looks:
        print("\n".join(faults), end="\n" if faults else "")
    applied, bad = sum(count for count, _ in looks), sum(bool(faults) for _, faults in looks)
    print(f"{applied} helps applied, {bad} programs not as they should be")
    sys.exit(1 if bad or not applied else 0)


if __name__ == "__main__":
    main()
