"""usage: check_explanations.py DNNC PAGES FOLDER [PREFIX]     checks the examples of the pages of `dnnc explain`: the right one
of each page must be a program, the wrong one must have the fault that the page is about. Only blocks marked `dnn`."""
import pathlib
import re
import subprocess
import sys

dnnc, pages, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
prefix = sys.argv[4] if len(sys.argv) > 4 else "E"
folder.mkdir(parents=True, exist_ok=True)
failed, checked = 0, 0


def check(name, text):
    program = folder / name
    program.write_text(text)
    run = subprocess.run([dnnc, "check", "--message-format=short", str(program)], capture_output=True, text=True)
    return run.stdout + run.stderr


for page in sorted(pages.glob(prefix + "*.md")):
    for kind, text in re.findall(r"^(Wrong|Right):\n```dnn\n(.*?)^```", page.read_text(), re.M | re.S):
        checked += 1
        told = check(f"{page.stem}_{kind}.dnn", text)
        right = f"error[{page.stem}]" in told if kind == "Wrong" else told == ""
        if not right:
            failed += 1
            print(f"{page.name}, {kind}:\n{text}{told}")
print(f"{checked} examples, {failed} of them not as they should be")
sys.exit(1 if failed or not checked else 0)
