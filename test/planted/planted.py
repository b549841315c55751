"""Plants faults into a copy of the compiler, one at a time, and counts how many random programs each needs to be found.

usage: planted.py BUILD [--programs 100] [--wanted 38] [--only FAULT ...]     a FAULT is what mutations.py calls it, or its number

All faults of mutations.py are compiled into one program `campaign` under BUILD/planted, which takes the number of the one
that is awake; the sources of the compiler know nothing of it. A fault that is not found in `--programs` programs is
named; fewer found ones than `--wanted` are an error."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

from mutations import MUTATIONS

TOP = pathlib.Path(__file__).resolve().parents[2]
COPIED = ["CMakeLists.txt", "compiler", "runtime", "grammar", "test"]
HEADER = """#pragma once
namespace dnnc {
inline int planted_number = 0;
inline bool planted(int number) { return number == planted_number; }
}  // namespace dnnc
"""
# How the copy's campaign is told.
SWITCH = ('  app.add_option("--show"', '  app.add_option("--planted", dnnc::planted_number);\n  app.add_option("--show"')
MAIN = "test/campaign/main.cpp"


def replaced_once(text, old, new, what):
    if text.count(old) != 1:
        raise SystemExit(f"{what}: `{old}` stands there {text.count(old)} times")
    return text.replace(old, new)


def planted_texts():
    """The changed files, by their paths."""
    texts = {MAIN: replaced_once((TOP / MAIN).read_text(), *SWITCH, MAIN)}
    for number, (_, path, where, instead) in enumerate(MUTATIONS, 1):
        before, original, after = re.split("[«»]", where)
        choice = f"(::dnnc::planted({number}) ? ({instead}) : ({original}))"
        text = texts.get(path) or (TOP / path).read_text()
        texts[path] = replaced_once(text, before + original + after, before + choice + after, f"{number}: {path}")
    return {path: '#include "compiler/support/planted.h"\n' + text for path, text in texts.items()}


def write(path, data):
    """Leaves a file that holds this already as it is, so that it is not compiled again."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def files_below(path):
    return [path] if path.is_file() else [file for file in sorted(path.rglob("*")) if file.is_file()]


def copy_tree(into):
    """A whole copy of the tree with the faults, which are asleep."""
    texts = planted_texts()
    texts["compiler/support/planted.h"] = HEADER
    data = {name: text.encode() for name, text in texts.items()}
    for top in COPIED:
        for path in files_below(TOP / top):
            name = str(path.relative_to(TOP))
            if name not in data:
                data[name] = path.read_bytes()
    for name, content in data.items():
        write(into / name, content)
    for path in [path for top in COPIED for path in files_below(into / top)]:  # of an earlier copy
        if str(path.relative_to(into)) not in data:
            path.unlink()


def build(build_folder, into):
    cache = (build_folder / "CMakeCache.txt").read_text()
    venv = re.search(r"^DNNC_VENV:\w+=(.*)$", cache, re.M).group(1)
    subprocess.run(["cmake", "-S", into, "-B", into / "build", "-G", "Ninja", f"-DDNNC_VENV={venv}"], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", into / "build", "campaign"], check=True, stdout=sys.stderr)


def run(into, number, programs):
    """How many programs were needed, and what was seen; None if none showed it."""
    folder = into / "runs" / str(number)
    shutil.rmtree(folder, ignore_errors=True)
    # Other kernels come of another lowering; else kernels are what their text says.
    lowering = number > 0 and MUTATIONS[number - 1][1].startswith("compiler/halide")
    cache = [] if lowering else ["--cache", str(into / "cache")]
    subprocess.run([into / "build/bin/campaign", "--planted", str(number), "--seeds", f"0..{programs - 1}", "--folder", folder,
                    "--shrink-seconds", "0", "--stop"] + cache, stdout=subprocess.DEVNULL)
    lines = [line.split("\t") for line in (folder / "log").read_text().splitlines()]
    right = {"right", "rejected", "interpreted"}
    return (len(lines), lines[-1][1]) if lines[-1][1] not in right else None


def number_of(fault):
    """The number of a fault; 0 is none."""
    names = [name for name, *_ in MUTATIONS]
    if fault in names:
        return names.index(fault) + 1
    if fault.isdigit() and int(fault) <= len(names):
        return int(fault)
    raise argparse.ArgumentTypeError(f"there is no fault `{fault}`")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--wanted", type=int, default=38)
    parser.add_argument("--only", type=number_of, nargs="*")
    arguments = parser.parse_args()
    into = arguments.build.resolve() / "planted"
    copy_tree(into)
    build(arguments.build, into)
    numbers = arguments.only or range(len(MUTATIONS) + 1)
    found = 0
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    results = pool.map(lambda number: run(into, number, arguments.programs), numbers)
    for number, result in zip(numbers, results):
        name = MUTATIONS[number - 1][0] if number else "nothing is planted"
        seen = f"{result[0]:4} programs  {result[1]}" if result else "   - not found"
        print(f"{number:3}  {name:62} {seen}", flush=True)
        if number == 0 and result:
            pool.shutdown(cancel_futures=True)
            raise SystemExit("a program fails without any fault")
        found += number > 0 and result is not None
    planted = sum(number > 0 for number in numbers)
    print(f"{found} of {planted} planted faults found")
    return 0 if found >= min(arguments.wanted, planted) else 1


if __name__ == "__main__":
    sys.exit(main())
