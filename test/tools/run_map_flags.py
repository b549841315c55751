"""Runs every `--emit=` and `--print-after=` of the map in compiler/README.md on a lesson: each must print something, in every
command that makes graphs the same, and the map must have each word that `--emit` takes.

usage: run_map_flags.py DNNC README PROGRAM
"""
import pathlib
import re
import subprocess
import sys
import tempfile

dnnc, readme, program = sys.argv[1:]


def printed(*words):
    done = subprocess.run([dnnc, *words], capture_output=True, text=True)
    if done.returncode:
        faults.append(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout + done.stderr


faults = []
rows = [line for line in pathlib.Path(readme).read_text().splitlines() if line.startswith("|")]
flags = sorted(set(re.findall(r"--(?:emit|print-after)=\w+", "\n".join(rows))))
words = re.search(r"--emit WHAT +(\S+)", printed("check", "--help")).group(1).split(",")
faults += [f"{readme} does not name --emit={word}" for word in words if f"--emit={word}" not in flags]
with tempfile.TemporaryDirectory() as folder:
    for flag in flags:
        alone = printed("check", flag, program)
        if not alone.strip():
            faults.append(f"check {flag} prints nothing")
        for others in (["info"], ["compile", "-o", f"{folder}/trainer"]):
            if alone not in printed(*others, flag, program):
                faults.append(f"{others[0]} {flag} prints something else than check")
print("\n".join(faults) or f"{len(flags)} flags print something")
sys.exit(1 if faults or len(flags) < 10 else 0)
