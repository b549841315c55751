"""compare.py DNNC WORK: trains nets whose parameter becomes the augmented pictures, and compares these with what numpy makes of the
same pictures by the rules of the reference."""
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

dnnc, work = sys.argv[1], Path(sys.argv[2])
work.mkdir(parents=True, exist_ok=True)
examples, classes = 8, 5
random = np.random.default_rng(7)

# The rate undoes the mean over the batch, and each example adds what it has to a place of its own: its picture, a map of the places
# of it, and the scores of the right label of each place, that start equal.
program = """dnn 1
data d {{ source = npz("{data}.npz"); augment = [{changes}] }}
layer kept(image: {picture}, place) {{
  param w: f32[{examples}, {height}, {width}, {channels}] = 0
  cost = sum(w[place, i, j, c] * image[i, j, c])
}}
layer mapped(depth: f32[{height}, {width}], place) {{
  param w: f32[{examples}, {height}, {width}] = 0
  cost = sum(w[place, i, j] * depth[i, j])
}}
layer labelled(place) {{
  param w: f32[{examples}, {height}, {width}, {classes}] = 0
  y[i, j, k] = w[place, i, j, k]  for i in {height}, j in {width}, k in {classes}
}}
net sums(image: {picture}, depth: f32[{height}, {width}], place: class[{examples}])
    -> (cost: real, scores: class[{classes}][{height}, {width}]) {{
  cost = kept(image, place) + mapped(depth, place)
  scores = labelled(place)
  cost, scores
}}
train sums on d {{
  loss = crossentropy(scores, kind) - cost
  optimizer = sgd(rate: {batch}); epochs = {epochs}; batch = {batch}; seed = {seed}
}}
"""


def philox(counter, key):
    """Philox4x32-10 of Salmon and others, 2011."""
    counter, key = [int(word) for word in counter], [int(word) for word in key]
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [second >> 32 ^ counter[1] ^ key[0], second & 0xFFFFFFFF,
                   first >> 32 ^ counter[3] ^ key[1], first & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


class Draws:
    def __init__(self, seed, epoch, row, number):
        self.counter, self.seed = (row, epoch, number, seed >> 32), seed & 0xFFFFFFFF

    def words(self, block=0):
        return philox(self.counter, (self.seed, 0x60000000 + block))

    def part(self, word=0):
        return (self.words()[word] >> 8) / 2**24

    def within(self, most):
        return most * (2 * self.part() - 1)


def taken(picture, rows, columns, goes_on=False):
    """Linear between the four pixels around each place, or the label of the nearest; outside is 0, or what the border is."""
    if goes_on:
        rows, columns = np.clip(rows, 0, picture.shape[0] - 1), np.clip(columns, 0, picture.shape[1] - 1)
    if picture.dtype == np.int64:
        rows, columns = np.floor(rows + 0.5), np.floor(columns + 0.5)
    padded = np.pad(picture.astype(float), ((1, 2), (1, 2), (0, 0)))
    up, left = np.floor(rows), np.floor(columns)
    inside = (up >= -1) & (up < picture.shape[0]) & (left >= -1) & (left < picture.shape[1])
    k, l = (np.where(inside, axis, -1).astype(int) + 1 for axis in (up, left))
    down, right = ((place - first)[..., None] for place, first in ((rows, up), (columns, left)))
    upper = padded[k, l] * (1 - right) + padded[k, l + 1] * right
    lower = padded[k + 1, l] * (1 - right) + padded[k + 1, l + 1] * right
    return np.where(inside[..., None], upper * (1 - down) + lower * down, 0)


def grid(picture):
    return np.meshgrid(np.arange(picture.shape[0], dtype=float), np.arange(picture.shape[1], dtype=float), indexing="ij")


def flip(axis):
    return lambda picture, draws: np.flip(picture, axis) if draws.words()[0] >> 31 else picture


def shift(pixels):
    def change(picture, draws):
        down, right = (int(word * (2 * pixels + 1) >> 32) - pixels for word in draws.words()[:2])
        padded = np.pad(picture, ((pixels, pixels), (pixels, pixels), (0, 0)))
        return padded[pixels - down:pixels - down + picture.shape[0], pixels - right:pixels - right + picture.shape[1]]
    return change


def rotate(degrees):
    def change(picture, draws):
        angle = np.deg2rad(draws.within(degrees))
        rows, columns = grid(picture)
        centre = (picture.shape[0] - 1) / 2, (picture.shape[1] - 1) / 2
        rows, columns = rows - centre[0], columns - centre[1]
        return taken(picture, np.cos(angle) * rows - np.sin(angle) * columns + centre[0],
                     np.sin(angle) * rows + np.cos(angle) * columns + centre[1])
    return change


def zoom(part):
    def change(picture, draws):
        factor = 1 + draws.within(part)
        rows, columns = grid(picture)
        centre = (picture.shape[0] - 1) / 2, (picture.shape[1] - 1) / 2
        return taken(picture, (rows - centre[0]) / factor + centre[0], (columns - centre[1]) / factor + centre[1])
    return change


def crop(least):
    def change(picture, draws):
        share = least + (1 - least) * draws.part(0)
        rows, columns = grid(picture)
        top, left = ((1 - share) * size * draws.part(word) for size, word in ((picture.shape[0], 1), (picture.shape[1], 2)))
        return taken(picture, top + (rows + 0.5) * share - 0.5, left + (columns + 0.5) * share - 0.5, True)
    return change


def brightness(part):
    return lambda picture, draws: picture.astype(float) * (1 + draws.within(part))


def contrast(part):
    def change(picture, draws):
        mean = picture.astype(float).mean((0, 1))
        return mean + (picture.astype(float) - mean) * (1 + draws.within(part))
    return change


def noise(deviation):
    def change(picture, draws):
        blocks = np.array([draws.words(block) for block in range(picture.size // 2 + 1)], dtype=np.uint64).reshape(-1, 2)
        first, second = blocks[:picture.size].T
        heads = [int(a).bit_count() + (int(b) >> 12).bit_count() for a, b in zip(first, second)]
        evenly = ((second & 0xFFF).astype(float) + 0.5) / 4096 - 0.5
        return picture.astype(float) + deviation * ((np.array(heads) - 26 + evenly) / np.sqrt(13 + 1 / 12)).reshape(picture.shape)
    return change


def cutout(pixels):
    def change(picture, draws):
        row, column = (int(word * size >> 32) - pixels // 2 for word, size in zip(draws.words(), picture.shape[:2]))
        changed = picture.copy()
        changed[max(row, 0):max(row + pixels, 0), max(column, 0):max(column + pixels, 0)] = 0
        return changed
    return change


def stored(picture, numbers):
    if numbers.dtype != np.uint8:
        return picture.astype(numbers.dtype)
    return np.clip(np.floor(picture + 0.5), 0, 255).astype(np.uint8)


class Case:
    def __init__(self, changes, *steps, size=(9, 7), batch=examples, epochs=1, threads=2):
        self.changes, self.steps, self.size = changes, steps, size
        self.batch, self.epochs, self.threads = batch, epochs, threads

    def moves(self):
        return [step for step in self.steps if step.__qualname__.split(".")[0] in moving]


moving = {"flip", "shift", "rotate", "zoom", "crop"}
all_steps = ("flip(vertical), rotate(30), shift(1), noise(3.5), crop(90%), brightness(10%), cutout(3)",
             flip(0), rotate(30), shift(1), noise(3.5), crop(0.9), brightness(0.1), cutout(3))
cases = [Case("flip(horizontal)", flip(1)), Case("flip(vertical)", flip(0)), Case("shift(3)", shift(3)),
         Case("rotate(180)", rotate(180)), Case("rotate(12.5)", rotate(12.5)), Case("zoom(40%)", zoom(0.4)),
         Case("crop(60%)", crop(0.6)), Case("brightness(50%)", brightness(0.5)), Case("contrast(90%)", contrast(0.9)),
         Case("noise(20)", noise(20)), Case("cutout(4)", cutout(4)), Case("cutout(5)", cutout(5)), Case(*all_steps),
         # So large that threads make batches ahead, over several steps and epochs.
         *(Case(*all_steps, size=(40, 30), batch=2, epochs=3, threads=threads) for threads in (1, 2, 4))]


def run(case, number, data, channels=3):
    """The parameters after training: pictures, maps and scores of labels."""
    height, width = case.size
    file = work / "augmented.dnn"
    file.write_text(program.format(data=data, changes=case.changes, examples=examples, height=height, width=width,
                                   channels=channels, classes=classes, batch=case.batch, epochs=case.epochs,
                                   picture=f"f32[{height}, {width}, {channels}]", seed=number * (2**40 + 1) + 3))
    subprocess.run([dnnc, "run", file, "-o", work / "w", "--quiet", "--threads", str(case.threads)], check=True)
    found = load_file(work / "w")
    return [next(found[name] for name in found if layer in name) for layer in ("kept", "mapped", "labelled")]


def augmented(case, number, row, epoch, fields):
    """What the reference says: all steps for the picture, those that move for what lies beside it."""
    picture, depth, kind = fields
    numbers = picture
    for k, step in enumerate(case.steps):
        draws = Draws(number * (2**40 + 1) + 3, epoch, row, k)
        picture = stored(step(picture, draws), numbers)
        if step in case.moves():
            depth = stored(step(depth, draws), depth)
            kind = stored(step(kind, draws), kind)
    return picture.astype(np.float32), depth.astype(np.float32), kind


differ = compared = 0
for number, case in enumerate(cases):
    height, width = case.size
    bytes_of = random.integers(0, 256, (examples, height, width, 3), dtype=np.uint8)
    depth = random.normal(size=(examples, height, width, 1)).astype(np.float32)
    kind = random.integers(0, classes, (examples, height, width, 1))
    for data, pictures in (("bytes", bytes_of), ("floats", (random.normal(size=bytes_of.shape) * 40).astype(np.float32))):
        if case.epochs > 1 and data == "floats":
            continue  # sums of them are rounded
        np.savez(work / f"{data}.npz", image=pictures, depth=depth[..., 0], kind=kind[..., 0], place=np.arange(examples))
        found = run(case, number, data)
        for row in range(examples):
            wanted = [augmented(case, number, row, epoch + 1, (pictures[row], depth[row], kind[row]))
                      for epoch in range(case.epochs)]
            compared += 1
            faults = [(found[0][row] != sum(picture for picture, _, _ in wanted)).any()]
            if case.epochs == 1:
                faults += [(found[1][row] != wanted[0][1][..., 0]).any(), (found[2][row].argmax(-1) != wanted[0][2][..., 0]).any()]
            if any(faults):
                differ += 1
                print(f"{case.changes} of {data}, example {row}: picture, map, labels: {faults}")
print(f"{compared} pictures, {differ} differ")
