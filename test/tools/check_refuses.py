"""usage: check_refuses.py DNNC FOLDER...     whether `check` says of every program below the folders what `compile` and `run` say,
so that what passes the one is made by the others. The programs are `.dnn` files and the examples of pages about messages."""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

DNNC = sys.argv[1]


def programs(folders, scratch):
    """Each in a file of its own, beside what it imports."""
    for folder in folders:
        yield from pathlib.Path(folder).rglob("*.dnn")
        for page in pathlib.Path(folder).rglob("*.md"):
            for number, text in enumerate(re.findall(r"^```dnn\n(.*?)^```", page.read_text(), re.M | re.S)):
                file = pathlib.Path(scratch) / f"{page.stem}-{number}.dnn"
                file.write_text(text)
                yield file


def codes(command, file, *options):
    """The codes of its errors; None if it is taken, or has nothing that could be compiled."""
    ended = subprocess.run([DNNC, command, file, "--message-format=json", *options], capture_output=True, text=True)
    if ended.returncode == 0 or "has no `train` block" in ended.stdout:
        return None
    said = [json.loads(line)["code"] for line in ended.stdout.splitlines()]
    found = sorted(code for code in said if code)  # what is said without a code is no error of the program
    return found or [f"exit code {ended.returncode}: {ended.stdout}"]


def compare(file, scratch):
    """What is wrong, and the codes that `check` gives."""
    checked = codes("check", file)
    made = {"compile": codes("compile", file, "-o", os.path.join(scratch, file.stem))}
    if checked is not None:  # what is taken would be trained
        made["run"] = codes("run", file)
    # `compile` makes the first training alone: it may say less, but nothing that `check` does not say.
    def agrees(name, found):
        if found is None or checked is None or name == "run":
            return found == checked
        return set(found) <= set(checked)
    faults = [f"{file}: check says {checked}, {name} {found}" for name, found in made.items() if not agrees(name, found)]
    return faults, checked or []


def main():
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        files = list(programs(sys.argv[2:], scratch))
        results = list(pool.map(lambda file: compare(file, scratch), files))
    faults = [fault for found, _ in results for fault in found]
    seen = {code for _, found in results for code in found}
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(files)} programs, {len(seen)} codes, {len(faults)} differences")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
