"""usage: check_explanations.py DNNC PAGES FOLDER     runs the two examples of each page of `dnnc explain`.

The right one must be a program, the wrong one must have the fault that the page is about. Each is called a.dnn in a folder of
its own. A few wrong ones are no text that a page could hold: what the page says in words is made here.
"""
import pathlib
import re
import subprocess
import sys

dnnc, pages, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
MADE = {
    "E0102": {"a.dnn": b'dnn 1\na = "caf\xe9"\n'},
    "E0103": {"a.dnn": b"dnn 1\ndata numbers = rows(" + b", ".join([b"[0.12, 0.7] -> 1"] * 100000) + b")\n"},
    "E0104": {"a.dnn": b"dnn 1\na = " + b"(" * 201 + b"1" + b")" * 201 + b"\n"},
    "E0214": {"a.dnn": b'dnn 1\nimport "b.dnn"\nimport "c.dnn"\n', "b.dnn": b"dnn 1\nfunction block(x) = x\n",
              "c.dnn": b"dnn 1\nfunction block(x) = 2 * x\n"},
    "E0222": {"a.dnn": b"dnn 1\nwidth = 64\n"},
    "E0705": {},
    "E0707": {},
    "E0804": {"a.dnn": b"dnn 1\n" + b"".join(b'import "layer%d.dnn"\n' % k for k in range(300)),
              **{f"layer{k}.dnn": b"dnn 1\n" for k in range(300)}},
}
COMMANDS = {
    "E0222": ["check", "a.dnn", "--set", "widht=128"],
    "E0705": ["eval", "--derivative", "2 + 3"],
    "E0707": ["plot", "function", "softmax([x, 0])", "-o", "curve.svg"],
}
failed, checked = 0, 0


def told_of(name, files, command):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (place / file).write_bytes(text)
    run = subprocess.run([dnnc, *command, "--message-format=short"], cwd=place, capture_output=True, text=True)
    return "" if run.returncode == 0 else run.stdout + run.stderr + f"exit status {run.returncode}\n"


def judge(page, kind, right, told):
    global failed, checked
    checked += 1
    if not right:
        failed += 1
        print(f"{page.name}, {kind}:\n{told}")


for page in sorted(pages.glob("E*.md")):
    code, text = page.stem, page.read_text()
    examples = dict(re.findall(r"^(Wrong|Right):\n```dnn\n(.*?)^```", text, re.M | re.S))
    wrong = MADE[code] if code in MADE else {"a.dnn": examples.get("Wrong", "").encode()}
    told = told_of(f"{code}_wrong", wrong, COMMANDS.get(code, ["check", "a.dnn"]))
    judge(page, "Wrong", f"error[{code}]" in told, told)
    told = told_of(f"{code}_right", {"a.dnn": examples.get("Right", "").encode()}, ["check", "a.dnn"])
    judge(page, "Right", "Right" in examples and told == "", told)
print(f"{checked} examples, {failed} of them not as they should be")
sys.exit(1 if failed or not checked else 0)
