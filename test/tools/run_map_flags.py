"""Runs every `--emit=` and `--print-after=` of the map in compiler/README.md on a lesson: each must print something.

usage: run_map_flags.py DNNC README PROGRAM
"""
import pathlib
import re
import subprocess
import sys

dnnc, readme, program = sys.argv[1:]
rows = [line for line in pathlib.Path(readme).read_text().splitlines() if line.startswith("|")]
flags = sorted(set(re.findall(r"--(?:emit|print-after)=\w+", "\n".join(rows))))
silent = []
for flag in flags:
    done = subprocess.run([dnnc, "check", flag, program], capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.strip() + done.stderr.strip():
        silent.append(f"{flag}: exit code {done.returncode}, {len(done.stdout)} characters\n{done.stderr}")
print("\n".join(silent) or f"{len(flags)} flags print something")
sys.exit(1 if silent or len(flags) < 10 else 0)
