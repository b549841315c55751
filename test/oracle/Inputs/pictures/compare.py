"""compare.py DNNC FOLDER WORK: reads each picture of FOLDER with dnnc, and compares its pixels with those of pictures.npz."""
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np

dnnc, folder, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
program = """dnn 1
data d {{ source = images("train", size: {height}x{width}) }}
net look(image: f32[{height}, {width}, 3]) -> (y: f32[{height}, {width}, 3]) {{ y = image }}
train look on d {{ loss = sum((y[i, j, c] - image[i, j, c])^2); optimizer = sgd; epochs = 1 }}
"""


def pixels_of(path, height, width):
    """What the trained net says of the picture, that it has been trained on: read as data and as a new example."""
    shutil.rmtree(work, ignore_errors=True)
    (work / "train/one").mkdir(parents=True)
    shutil.copy(path, work / "train/one")
    (work / "look.dnn").write_text(program.format(height=height, width=width))
    subprocess.run([dnnc, "run", work / "look.dnn", "-o", work / "w", "--quiet"], check=True)
    for which in (["--part", "train"], ["--input", path]):
        command = [dnnc, "predict", work / "look.dnn", "--weights", work / "w", "--json", *which]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        yield np.array(json.loads(printed.splitlines()[0])["answer"]).reshape(height, width, 3)


differ = 0
expected = np.load(folder / "pictures.npz")
for name in expected.files:
    wanted = expected[name]
    for found in pixels_of(folder / name, *wanted.shape[:2]):
        if (found != wanted).any():
            differ += 1
            print(f"{name}: {found.ravel()[:12].tolist()}... where {wanted.ravel()[:12].tolist()}... is right")
print(f"{len(expected.files)} pictures, {differ} differ")
