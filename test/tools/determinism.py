"""determinism.py DNNC EXAMPLES [--short]: trains lessons in every way that must not matter and prints a table, the hash of
the final weights by lesson and target.

What must not matter: 1, 2 or 4 threads; the JIT or a trainer; a cold or a warm cache of kernels; the folder; the locale;
which of two runs. Trainers built with a cold and a warm cache, in two folders and locales must be the same bytes. Fails
unless there is one value a line. --short tries two lessons, each of these choices at least once but not all of them together.
"""
import argparse
import collections
import hashlib
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# Lesson, and options that shorten it.
LESSONS = {"02_xor": [], "05_mnist": ["--epochs", "1"], "06_three_layers": ["--epochs", "7"],
           "07_boston": ["--epochs", "9"], "08_your_own": ["--epochs", "5"]}
SHORT = ("05_mnist", "08_your_own")
# Fetched data stays where the user has it.
DATA = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "dnnc", "data")
THREADS, CACHES, FOLDERS, RUNS = (1, 2, 4), ("cold", "warm"), ("one", "an other"), (1, 2)


def locales():
    """C, and a locale whose decimal mark is a comma; where there is none, another that is installed."""
    installed = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    others = [name for name in installed if name.startswith(("de_DE.", "fr_FR."))] + ["C.UTF-8"]
    return ("C", others[0])


def targets():
    return ("avx2", "avx512") if "avx512f" in pathlib.Path("/proc/cpuinfo").read_text() else ("avx2",)


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()[:16]


class Lab:
    """A folder with copies of the lessons and caches of its own."""

    def __init__(self, dnnc, examples, top):
        self.dnnc, self.top = dnnc, pathlib.Path(top)
        for folder in FOLDERS:
            shutil.copytree(examples, self.top / folder)

    def run(self, command, folder, locale, cache):
        caches = self.top / "cache"
        if cache == "cold":
            shutil.rmtree(caches, ignore_errors=True)
        environment = {"DNNC_DATA": DATA, **os.environ, "LC_ALL": locale, "XDG_CACHE_HOME": str(caches)}
        done = subprocess.run(command, cwd=self.top / folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")

    def train(self, program, options, threads, folder, locale, cache):
        weights = self.top / "w.safetensors"
        weights.unlink(missing_ok=True)
        self.run([*program, *options, "--quiet", "--threads", str(threads), "-o", str(weights)], folder, locale, cache)
        return digest(weights)

    def jit(self, lesson, target, threads, cache, folder, locale):
        file = f"{lesson}.dnn"
        program = [self.dnnc, "train", file, "--target", target]
        return self.train(program, LESSONS[lesson], threads, folder, locale, cache)

    def build(self, lesson, target, cache, folder, locale):
        trainer = self.top / f"trainer-{cache}-{folder}-{locale}"
        self.run([self.dnnc, "compile", f"{lesson}.dnn", "--target", target, "-o", str(trainer)], folder, locale, cache)
        return trainer


def choices(short):
    """(threads, cache, folder, locale, run): all, or few that hold each choice; a warm one follows a cold one."""
    places = locales()
    if short:
        return [(1, "cold", FOLDERS[0], places[0], 1), (2, "warm", FOLDERS[1], places[1], 1),
                (4, "warm", FOLDERS[0], places[1], 2)]
    return list(itertools.product(THREADS, CACHES, FOLDERS, places, RUNS))


def examine(lab, lesson, target, short):
    """How often each hash of the weights came out, and each hash of a trainer."""
    weights, trainers = collections.Counter(), collections.Counter()
    built = {}
    for threads, cache, folder, locale, run in choices(short):
        weights[lab.jit(lesson, target, threads, cache, folder, locale)] += 1
        key = (cache, folder, locale)
        if key not in built:
            built[key] = lab.build(lesson, target, *key)
            trainers[digest(built[key])] += 1
        program = [str(built[key]), "train"]
        weights[lab.train(program, LESSONS[lesson], threads, folder, locale, "warm")] += 1
    for trainer in built.values():
        trainer.unlink()
    return weights, trainers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dnnc")
    parser.add_argument("examples")
    parser.add_argument("--short", action="store_true")
    arguments = parser.parse_args()
    print(f"locales {', '.join(locales())}")
    print(f"{'lesson':<18}{'target':<9}{'trainings':>9}  {'weights':<18}{'trainers':>8}  bytes of the trainer")
    differs = False
    with tempfile.TemporaryDirectory() as top:
        lab = Lab(os.path.abspath(arguments.dnnc), arguments.examples, top)
        rows = list(itertools.product(SHORT if arguments.short else LESSONS, targets()))
        for lesson, target in rows + [("02_xor", "opencl")]:
            weights, trainers = examine(lab, lesson, target, arguments.short)
            differs |= len(weights) != 1 or len(trainers) != 1
            print(f"{lesson:<18}{target:<9}{weights.total():>9}  {', '.join(weights):<18}{trainers.total():>8}  "
                  f"{', '.join(trainers)}", flush=True)
    print("more than one value a line" if differs else "one value a lesson and target")
    sys.exit(differs)


main()
