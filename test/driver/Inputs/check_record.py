"""usage: check_record.py FOLDER    checks that what a record says of itself is so, and prints what does not depend on time or machine."""
import hashlib
import json
import pathlib
import sys

import safetensors.numpy


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def lines(path):
    text = path.read_text()
    assert text.endswith("\n"), path
    return [json.loads(line) for line in text.splitlines()]


folder = pathlib.Path(sys.argv[1])
record = json.loads((folder / "record.json").read_text())
for file in record["data"]["files"]:
    assert file["sha256"] == sha256(file["file"]) and file["bytes"] == pathlib.Path(file["file"]).stat().st_size, file
for kept in record["weights"].values():
    assert kept["sha256"] == sha256(folder / kept["file"]), kept
    safetensors.numpy.load_file(folder / kept["file"])
assert record["sources"][0]["text"] == pathlib.Path(record["program"]).read_text()
assert record["begun"] <= record.get("ended", record["begun"]) and record["seconds"] > 0
assert record["environment"]["processor"] and record["environment"]["machine"] == record["info"]["machine"]

history = lines(folder / "history.jsonl")
epochs = [event for event in history if event["event"] == "epoch"]
steps = [event for event in history if event["event"] == "step"]
assert [event["epoch"] for event in epochs] == list(range(1, len(epochs) + 1))
best = record["best"]
part, measure = best["on"].split(".")
numbers = [event["validation"][measure] if part == "validation" else event[measure] for event in epochs]
chosen = (min if best["goal"] == "smallest" else max)(numbers)
assert numbers.index(chosen) == best["epoch"] - 1 == record["weights"]["best"]["epoch"] - 1, (numbers, best)
assert abs(best["value"] - chosen) < 1e-8

answers = lines(folder / "answers.jsonl") if "answers" in record else []
assert len(answers) == record.get("answers", {"examples": 0})["examples"]
for answer in answers:
    if isinstance(answer["answer"], dict):
        assert abs(sum(answer["answer"]["probabilities"]) - 1) < 1e-5
        assert answer["answer"]["label"] in record["outputs"][0]["classes"]
print(record["state"], record["settings"]["run"], "best epoch", best["epoch"], "last", record["weights"]["last"]["epoch"])
print("epochs", len(epochs), "steps", [event["step"] for event in steps])
print("data", record["data"]["examples"], [pathlib.Path(file["file"]).name for file in record["data"]["files"]])
print("answers", record.get("answers", {}).get("part"), len(answers))
print("results", [event["event"] for event in lines(folder / "results.jsonl")] if answers else None)
print("settings", {name: value for name, value in sorted(record["settings"].items()) if name != "threads"})
