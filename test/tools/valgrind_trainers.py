"""Makes trainers of two lessons and runs them under valgrind: a training of two epochs that saves its weights, and an
evaluation of these. Prints a line for each run, and what valgrind says of one that has an error or a leak; exits 1 if any
has.

usage: valgrind_trainers.py DNNC EXAMPLES
"""
import subprocess
import sys
import tempfile

LESSONS = ("02_xor", "07_boston")
VALGRIND = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite"]


def run_trainers(dnnc, examples):
    """How many runs passed and failed. valgrind knows no AVX-512."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        for lesson in LESSONS:
            trainer, weights = f"{folder}/{lesson}", f"{folder}/{lesson}.safetensors"
            subprocess.run([dnnc, "compile", f"{examples}/{lesson}.dnn", "--target", "avx2", "-o", trainer], check=True,
                           stdout=subprocess.DEVNULL)
            for arguments in (["train", "--epochs", "2", "-o", weights], ["evaluate", "--part", "train", "--weights", weights]):
                done = subprocess.run([*VALGRIND, trainer, *arguments], capture_output=True, text=True, cwd=folder)
                failed.append(done.returncode != 0)
                print(f"valgrind {lesson} {arguments[0]}: exit {done.returncode}\n{done.stderr if failed[-1] else ''}", end="",
                      flush=True)
    return len(failed) - sum(failed), sum(failed)


if __name__ == "__main__":
    sys.exit(run_trainers(*sys.argv[1:])[1] > 0)
