"""usage: limit_memory.py COMMAND...     finds the least address space in which the command succeeds, to a mebibyte, and shows how
it ends where there are 1, 3, 5 and 7 less, a line each: what it prints, then its exit code. Fails if a signal ends it in any
space that is tried."""
import resource
import subprocess
import sys

MEBIBYTE = 1 << 20


def run(mebibytes):
    def lower():
        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * MEBIBYTE, mebibytes * MEBIBYTE))

    ended = subprocess.run(sys.argv[1:], preexec_fn=lower, capture_output=True, text=True, errors="replace")
    if ended.returncode < 0:
        sys.exit(f"signal {-ended.returncode} ends it in {mebibytes} MiB: {ended.stderr}")
    return ended


def main():
    fails = 1024
    while run(fails).returncode == 0:
        fails //= 2
    succeeds = 2 * fails
    while succeeds - fails > 1:
        middle = (fails + succeeds) // 2
        if run(middle).returncode == 0:
            succeeds = middle
        else:
            fails = middle
    for less in (1, 3, 5, 7):
        ended = run(succeeds - less)
        lines = (ended.stdout + ended.stderr).splitlines()
        print(f"{less} MiB less:", *lines, f"exit code {ended.returncode}", sep=" | ")


if __name__ == "__main__":
    main()
