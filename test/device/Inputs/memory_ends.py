"""A training whose device has no more memory from its N-th buffer on, for every N from 1 to the first with which it runs to its
end. All others end with 74 and one line that says what was wanted. memory_ends.py FOLDER COMMAND..."""
import pathlib
import subprocess
import sys

folder, *command = sys.argv[1:]
with_fault = pathlib.Path(__file__).with_name("with_fault.py")
told = []
for number in range(1, 50):
    run = subprocess.run([sys.executable, with_fault, folder, f"full:{number}", *command], capture_output=True, text=True)
    if run.returncode == 0:
        break
    assert run.returncode == 74, f"buffer {number}: ended with {run.returncode}: {run.stderr}"
    assert run.stderr.count("\n") == 1 and "of its memory cannot be taken" in run.stderr, f"buffer {number}: {run.stderr}"
    if run.stderr not in told:
        told.append(run.stderr)
print(*told, "trained", sep="")
