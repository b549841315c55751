"""Writes a record as a training would (compiler/docs/records.md), with the texts that are asked for in names and comments.

usage: make_record.py FOLDER plain|hostile [classes|probability|numbers] [--epochs N] [--state running]
"""
import argparse
import json
import math
import pathlib

PLAIN = ["setosa", "versicolor", "virginica"]
HOSTILE = ["<img src=x onerror=alert(1)>", "\"><svg/onload=alert(2)>", "a\u2028b & 'c' </script><script>alert(3)</script>"]
COLUMNS = {"plain": ["length", "width"], "hostile": ["</script><script>alert(4)</script>", "<b onmouseover='alert(5)'>width"]}
COMMENTS = {"plain": "Three kinds of flowers.", "hostile": "</script><script>alert(6)</script> <!-- ]]> \u2028 \u2029 & \\u003c @data@ @script@"}
HEADS = {"classes": "class[3]", "probability": "prob", "numbers": "real"}


def program(kind, names, head):
    return f"""dnn 1
# {COMMENTS[names]}
data flowers {{
  source = csv("flowers.csv", target: kind)
  test = random(40%, seed: 1)
}}
net {kind}(features: f32[2]) -> {head} {{
  features -> dense(4, tanh) -> dense({3 if kind == "classes" else 1})
}}
train {kind} on flowers {{
  loss = {dict(classes="crossentropy", probability="binary_crossentropy", numbers="mse")[kind]}
  optimizer = adam(rate: 0.01)
  batch = 5; epochs = 20; seed = 1
}}
expect test.loss < 1  # {COMMENTS[names]}
"""


def table(kind, names, rows):
    words = PLAIN if names == "plain" else HOSTILE
    lines = [",".join('"' + column.replace('"', '""') + '"' for column in COLUMNS[names]) + ",kind"]
    for row in range(rows):
        target = {"classes": '"' + words[row % 3].replace('"', '""') + '"', "probability": str(row % 2), "numbers": str(row / 4)}[kind]
        lines.append(f"{row * 0.1:.1f},{math.sin(row):.4f},{target}")
    return "\n".join(lines) + "\n"


def answer(kind, row, words):
    """An answer and what is right; every seventh is wrong."""
    wrong = row % 7 == 0
    if kind == "classes":
        label = (row + wrong) % 3
        shares = [0.1, 0.1, 0.1]
        shares[label] = 0.8
        return {"label": words[label], "probabilities": shares}, words[row % 3]
    if kind == "probability":
        return round(0.5 + (0.4 - row * 0.003) * (1 if (row + wrong) % 2 else -1), 4), row % 2
    return row / 4 + math.sin(row), row / 4


def write(folder, name, lines):
    (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("names", choices=["plain", "hostile"])
    parser.add_argument("kind", nargs="?", default="classes", choices=list(HEADS))
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--state", default="done")
    given = parser.parse_args()
    folder, kind, rows = given.folder, given.kind, 60
    folder.mkdir(parents=True, exist_ok=True)
    # Words are numbered in the order of the alphabet.
    words = sorted(PLAIN if given.names == "plain" else HOSTILE, key=lambda word: word.encode())
    (folder / "flowers.csv").write_text(table(kind, given.names, rows))
    text = program(kind, given.names, HEADS[kind])
    (folder / "flowers.dnn").write_text(text)
    done = given.state == "done"
    about = {
        "record": 1, "state": given.state, "begun": "2026-11-30T23:59:53Z", "seconds": 1.5, "command": "run",
        "program": str(folder / "flowers.dnn"), "sources": [{"file": str(folder / "flowers.dnn"), "text": text}],
        "settings": {"run": kind, "net": kind, "seed": 1, "epochs": 20, "batch": 5, "threads": 2, "constants": []},
        "environment": {"dnnc": "0.1.0", "processor": COMMENTS[given.names], "system": "Linux", "target": "host", "machine": "x86-64"},
        "info": {"parameters": 27, "memory": {"bytes": 7680, "kept": 4288}},
        "data": {"name": "flowers", "examples": {"train": 36, "validation": 0, "test": 24},
                 "files": [{"file": "flowers.csv", "bytes": 1, "sha256": "ab"}]},
        "outputs": [{"name": "output", "head": HEADS[kind].split("[")[0], **({"classes": words} if kind == "classes" else {})}],
        "best": {"epoch": 17, "on": "train.loss", "goal": "smallest", "value": 0.1},
    }
    if done:
        about |= {"ended": "2026-12-01T00:00:03Z", "answers": {"file": "answers.jsonl", "part": "test", "examples": 24}}
    (folder / "record.json").write_text(json.dumps(about))
    write(folder, "history.jsonl", [{"event": "epoch", "schema": 1, "run": kind, "epoch": epoch, "epochs": 20, "seconds": 0.1, "step_seconds": 0.01,
                                     "loss": 1 / epoch, "accuracy": 1 - 0.5 / epoch} for epoch in range(1, given.epochs + 1)])
    if done:
        write(folder, "results.jsonl", [{"event": "test", "schema": 1, "run": kind, "loss": 0.25, "accuracy": 0.875},
                                        {"event": "expect", "schema": 1, "text": "test.loss < 1", "holds": True}])
        lines = []
        for row in range(24):
            given_answer, right = answer(kind, row, words)
            lines.append({"event": "predict", "schema": 1, "example": row, "answer": given_answer, "target": right})
        write(folder, "answers.jsonl", lines)
        write(folder, "bench.jsonl", [{"event": "bench", "schema": 1, "kernels": [
            {"name": COMMENTS[given.names], "kind": "contraction", "place": "flowers.dnn:8:3", "seconds": 2e-6, "share": 0.8},
            {"name": "loss", "kind": "reduction", "place": "flowers.dnn:11:10", "seconds": 5e-7, "share": 0.2}]}])


if __name__ == "__main__":
    main()
