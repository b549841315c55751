"""usage: check_examples.py DNNC PAGE FOLDER     checks each block of the page that is marked `dnn` as a program of its own."""
import pathlib
import re
import subprocess
import sys

dnnc, page, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
failed = 0
examples = re.findall(r"^```dnn\n(.*?)^```", page.read_text(), re.M | re.S)
for number, text in enumerate(examples):
    program = folder / f"example{number}.dnn"
    program.write_text(text if text.startswith("dnn 1") else "dnn 1\n" + text)
    run = subprocess.run([dnnc, "check", str(program)], capture_output=True, text=True)
    if run.returncode != 0:
        print(text + run.stdout + run.stderr)
        failed += 1
print(f"{len(examples)} examples, {failed} of them wrong")
sys.exit(1 if failed or not examples else 0)
