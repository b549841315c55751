"""usage: faults.py DNNC [--short] [--only PART] [--cxx COMPILER]

Shows what is left after faults: calls of the system that fail, power cuts, kill -9, signals, limits. Prints a table; exits
with 1 if something was lost, torn or not explained."""
import argparse
import os
import sys
import tempfile
import time

import ends
import injection
import kills
import lab
import moments
import power

PARTS = {"injection": injection.run, "power": power.run, "moments": moments.run, "kills": kills.run, "ends": ends.run}


def fast_folder():
    """In memory, where fsync costs nothing; the usual place where that does not serve."""
    folder = "/dev/shm"
    executes = os.path.isdir(folder) and not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return folder if executes and os.access(folder, os.W_OK) else None


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("dnnc")
    parser.add_argument("--short", action="store_true", help="a sample, in a few seconds")
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--only", default="", help="commands whose name has this in it")
    parser.add_argument("--cxx", default="c++")
    arguments = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory(dir=fast_folder()) as top:
        laboratory = lab.Lab(arguments.dnnc, top, arguments.cxx)
        for name, run in PARTS.items():
            if arguments.part not in (None, name):
                continue
            begin = time.monotonic()
            faults += run(laboratory, arguments.short, arguments.only)
            print(f"({time.monotonic() - begin:.0f} s)\n", flush=True)
    print(f"{len(faults)} wrong")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
