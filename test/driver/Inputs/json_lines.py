"""json_lines.py DNNC FOLDER: every command that prints JSON does so in lines of UTF-8, each an object with `event` and
`schema`, whatever the names of files and classes are; nothing else stands on the standard output."""
import json
import math
import os
import pathlib
import subprocess
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tools"))
from pictures import png

dnnc, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]).encode() + b"/caf\xe9 \x01"
classes = [b"caf\xe9", b"bell\x07", b'quote"']


def twice(key_values):
    """An object, of which no key is said twice."""
    result = dict(key_values)
    assert len(result) == len(key_values), f"a key twice: {key_values}"
    return result


def no_json(word):
    raise AssertionError(f"{word} is no JSON")


def run(*words, codes=(0,)):
    """The events that a command prints."""
    ran = subprocess.run(words, cwd=folder, capture_output=True)
    assert ran.returncode in codes, f"{words} exits with {ran.returncode}: {ran.stderr!r}"
    lines = ran.stdout.decode("utf-8").split("\n")  # strict: what is no UTF-8 is an error
    assert lines.pop() == "", f"{words}: the last line has no end"
    events = [json.loads(line, object_pairs_hook=twice, parse_constant=no_json) for line in lines]
    for event in events:
        assert event["schema"] == 1 and isinstance(event["event"], str), event
    return events


def kinds(events):
    return [event["event"] for event in events]


def write(name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


for number, name in enumerate(classes):
    for k in range(4):
        write(b"train/%s/%d \xff.png" % (name, k), png(numpy.full((8, 8), 40 * number + k, numpy.uint8)))
write(b"pictures.dnn", b"""dnn 1
data pictures { source = images("train", size: 8x8); image = image / 16; test = stratified(25%) }
net tell(image: f32[8, 8, 1]) -> class[3] { image -> flatten -> dense(3) }
train tell on pictures { loss = crossentropy; optimizer = sgd; metrics = [accuracy]; epochs = 2 }
expect train.accuracy <= 1
""")
# The metrics are called like fields of the events that show them; one is never a number.
write(b"numbers.dnn", b"""dnn 1
data line { source = linear(n: 40, seed: 1); validation = tail(20%); test = tail(20%) }
metric event(y: f32, t: real) = abs(y - t)
metric seconds(y: f32, t: real) = abs(y - t) + 1
metric run(y: f32, t: real) = log(-1 - abs(y - t))
net first(x: f32[1]) -> (low: real, high: real) { x -> dense(1) as low, x -> dense(1) as high }
train first on line {
  loss = mse(low, y) + mse(high, y); optimizer = sgd(rate: 0.001)
  metrics = [event(low, y), seconds(low, y), run(low, y)]; epochs = 2
}
expect first.train.loss < 0
""")
write(b"wrong.dnn", b"dnn 1\nwidth = 64\nheight = widht\n")


def check(command, *program):
    """All commands of dnnc with the program of pictures, or of its trainer."""
    def start(word):
        return [command, word, *program]

    weights = [b"--weights", b"w.safetensors", b"--json"]
    trained = run(*start(b"train"), b"--json", b"-o", b"w.safetensors", b"--history", b"history")
    assert kinds(trained) == ["epoch", "epoch", "test"], trained
    assert trained[0]["epoch"] == 1 and trained[0]["loss"] > 0 and 0 <= trained[2]["accuracy"] <= 1, trained
    history = [json.loads(line) for line in open(os.path.join(folder, b"history"), encoding="utf-8")]
    assert kinds(history) == ["epoch", "epoch"], history
    for word in b"run", b"test":
        assert kinds(run(*start(word), b"--json")) == ["epoch", "epoch", "test", "expect"]
    assert kinds(run(*start(b"evaluate"), *weights)) == ["test"]
    answers = run(*start(b"predict"), *weights, b"--part", b"train", b"--count", b"9")
    assert kinds(answers) == ["predict"] * 9, answers
    assert {answer["target"] for answer in answers} == {"caf\ufffd", "bell\x07", 'quote"'}, answers
    pictures = run(*start(b"predict"), *weights, b"--input", b"train/" + classes[0])
    assert kinds(pictures) == ["predict"] * 4, pictures
    assert all(answer["file"].endswith(" \ufffd.png") for answer in pictures), pictures
    one = run(*start(b"predict"), *weights, b"--input", b",".join([b"1"] * 64))
    assert kinds(one) == ["predict"] and one[0]["answer"]["label"] in ("caf\ufffd", "bell\x07", 'quote"'), one
    assert len(one[0]["answer"]["probabilities"]) == 3, one
    assert kinds(run(*start(b"bench"), b"--json")) == ["bench"]
    assert run(*start(b"info"), b"--json")[0]["parameters"] == 195
    assert run(*start(b"init"), b"-o", b"w") == []


check(dnnc, b"pictures.dnn")
subprocess.run([dnnc, b"compile", b"pictures.dnn", b"-o", b"trainer"], cwd=folder, check=True, capture_output=True)
trainer = os.path.join(folder, b"trainer")
check(trainer)
source = run(trainer, b"source", b"--json")
assert kinds(source) == ["source"] and source[0]["text"].startswith("dnn 1\n"), source

events = run(dnnc, b"test", b"numbers.dnn", b"--json", codes=(3,))
assert kinds(events) == ["epoch", "epoch", "test", "expect"], events
epoch, test = events[1:3]
assert epoch["epoch"] == 2 and epoch["train.seconds"] > 1 and epoch["train.event"] > 0 and epoch["run"] == "first", epoch
assert epoch["train.run"] is None and epoch["validation"]["run"] is None and math.isclose(test["seconds"], test["test.event"] + 1, rel_tol=1e-5), test
assert test["run"] == "first" and test["test.run"] is None and events[3]["holds"] is False, events

run(dnnc, b"train", b"numbers.dnn", b"-o", b"n.safetensors", b"--json")
answers = run(dnnc, b"predict", b"numbers.dnn", b"--weights", b"n.safetensors", b"--json", b"--count", b"2")
assert all(set(answer["answer"]) == {"low", "high"} for answer in answers), answers

message = run(dnnc, b"check", b"--message-format=json", os.path.join(folder, b"wrong.dnn"), codes=(1,))
assert kinds(message) == ["message"] and "caf\ufffd \x01/wrong.dnn" in message[0]["file"], message
