"""What tests see of the machine: an environment and folders of their own, whatever the user has set, put beside the lessons or
left in a terminal. Of the user's they see the programs on the PATH and the data sets that are there.

usage: surroundings.py BUILD     prints the environment, a variable a line."""
import os
import pathlib
import shutil
import stat
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
# How sanitizers are told what to do: by sanitize.py, or by whoever runs a sanitized program alone.
SANITIZERS = [f"{tool}_{what}" for tool in ("ASAN", "LSAN", "UBSAN", "TSAN") for what in ("OPTIONS", "SYMBOLIZER_PATH")]


# What dnnc keeps beside sets: pictures that it has decoded, and which files it has verified.
OWN_FOLDERS = ("decoded", "verified")


def users_data():
    """Where dnnc keeps the user's data sets (runtime/data/dataset.h)."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(os.environ.get("DNNC_DATA") or os.path.join(cache, "dnnc", "data"))


def ptxas():
    """The assembler of CUDA: that of the toolkit, or of its package in this environment."""
    packages = sorted(pathlib.Path(sys.prefix).glob("lib/python3*/site-packages/nvidia/*/bin/ptxas"))
    found = shutil.which("ptxas", path="/usr/local/cuda/bin" + os.pathsep + os.environ.get("PATH", ""))
    return found or str(packages[0] if packages else "ptxas")


def replace_link(link, target):
    """What a test has fetched where the user had nothing stays."""
    if link.is_symlink() and link.readlink() != target:
        link.unlink()
    if not os.path.lexists(link):
        link.symlink_to(target)


def make_folders(build):
    """In the folder `test` of the build: `data` with the user's sets, `examples` with the lessons, their tables and nothing else, an empty
    `home`, and `tmp`."""
    test = build / "test"
    shutil.rmtree(test / "examples", ignore_errors=True)
    for name in ("data", "home", "tmp", "examples"):
        (test / name).mkdir(parents=True, exist_ok=True)
    sets = users_data()
    # What dnnc makes of a set beside it, it makes beside the links.
    for entry in sets.iterdir() if sets.is_dir() and not sets.samefile(test / "data") else []:
        if entry.is_dir() and entry.name not in OWN_FOLDERS and not entry.name.startswith("."):
            replace_link(test / "data" / entry.name, entry.resolve())
    for ending in ("dnn", "csv"):
        for file in (TOP / "examples").glob(f"*.{ending}"):
            shutil.copy(file, test / "examples")


def is_private(folder):
    """Whether dnnc keeps compiled code there: nobody else may write to the folder, nor exchange it."""
    def is_good(status):
        shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
        return status.st_uid in (0, os.geteuid()) and not shared
    return all(is_good(above.stat()) for above in [folder, *folder.parents] if above.exists())


def cache_folder(test):
    """In the build folder, or where others may write to that, beside it in the folder for temporary files."""
    return test / "cache" if is_private(test) else pathlib.Path(tempfile.gettempdir()) / f"dnnc-tests-{os.geteuid()}"


def environment(build):
    """The variables that tests have."""
    test = build.resolve() / "test"
    kept = {name: os.environ[name] for name in SANITIZERS if name in os.environ}
    return {**kept, "PATH": os.environ.get("PATH", os.defpath), "HOME": str(test / "home"), "TMPDIR": str(test / "tmp"),
            "DNNC_DATA": str(test / "data"), "XDG_CACHE_HOME": str(cache_folder(test)), "NO_COLOR": "1", "TERM": "dumb"}


if __name__ == "__main__":
    for name, value in sorted(environment(pathlib.Path(sys.argv[1])).items()):
        print(f"{name}={value}")
