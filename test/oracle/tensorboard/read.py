"""Holds event files, as the package `tensorboard` reads them, to the history of the same training.

usage: read.py FOLDER HISTORY
"""
import json
import pathlib
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer


def rounded(number):
    return struct.unpack("f", struct.pack("f", number))[0]


def curves(folder):
    """Of each part, the points of each curve, all of them."""
    every = {"scalars": 0}
    runs = EventMultiplexer(size_guidance=every).AddRunsFromDirectory(str(folder)).Reload().Runs()
    found = {}
    for name in runs:
        events = EventAccumulator(str(folder / name), size_guidance=every)
        events.Reload()
        found[name] = {tag: [(point.step, point.value) for point in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    return found


def wanted(history):
    lines = [json.loads(line) for line in open(history)]
    steps = max((line["step"] for line in lines if line["event"] == "step"), default=0)
    epochs = [line for line in lines if line["event"] == "epoch"]
    each = steps // max(line["epoch"] for line in epochs)
    want = {"train": {}, "validation": {}}
    for line in lines:
        step = line["step"] if line["event"] == "step" else line["epoch"] * each
        before = "step/" if line["event"] == "step" else ""
        for part, numbers in ("train", line), ("validation", line.get("validation", {})):
            for name in "loss", "accuracy":
                if name in numbers:
                    want[part].setdefault(before + name, []).append((step, numbers[name]))
    return want


def main():
    found, want = curves(pathlib.Path(sys.argv[1])), wanted(sys.argv[2])
    assert found.keys() == want.keys(), found.keys()
    points = 0
    for part, tags in want.items():
        assert found[part].keys() == tags.keys(), (part, found[part].keys())
        for tag, curve in tags.items():
            # The history has nine digits, from which a float32 is known again.
            assert found[part][tag] == [(step, rounded(value)) for step, value in curve], (part, tag, found[part][tag], curve)
            points += len(curve)
    print(points, "points of", sum(len(tags) for tags in want.values()), "curves are those of the history")


main()
