"""Writes the first digits of the data set `digits` into a folder in every form that `predict --input` reads."""
import gzip
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tools"))
from pictures import png


def main(source, folder):
    with gzip.open(source) as file:
        digits = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 8, 8)[:7]
    numpy.savez(f"{folder}/digits.npz", image=digits.astype(numpy.float64))
    numpy.savez(f"{folder}/halves.npz", image=digits / 255)
    names = ",".join(f"p{k}" for k in range(64))
    for name, count in ("digits.csv", 64), ("narrow.csv", 63):
        rows = [",".join(map(str, digit.ravel()[:count])) for digit in digits]
        with open(f"{folder}/{name}", "w") as file:
            file.write("\n".join([",".join(names.split(",")[:count]), *rows]) + "\n")
    for number, digit in enumerate(digits):
        # Twice as wide and high: made smaller again, it is the same picture.
        with open(f"{folder}/pictures/{number}.png", "wb") as file:
            file.write(png(digit.repeat(2, 0).repeat(2, 1)))


main(*sys.argv[1:])
