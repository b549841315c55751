"""weights.py FILE [TYPE NAME SHAPE NUMBERS]...: a file of weights as the safetensors package writes it, `F16 n/dense1/w 2,1
0.5,nan`. With ALL for the name in `TYPE ALL FILE2 -` all tensors of another file, in that type."""
import struct
import sys

import numpy
from safetensors import safe_open, serialize_file

PACKAGE_NAMES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16", "F64": "float64", "I64": "int64"}


def packed(kind, numbers):
    if kind == "BF16":  # numpy has no such type: the upper half of a float32
        return b"".join(struct.pack("<f", number)[2:] for number in numbers)
    return numpy.array(numbers, PACKAGE_NAMES[kind]).tobytes()


def main():
    tensors = {}
    for kind, name, shape, numbers in zip(*[iter(sys.argv[2:])] * 4):
        if name == "ALL":
            with safe_open(shape, "numpy") as other:
                found = {key: other.get_tensor(key) for key in other.keys()}
        else:
            sizes = [int(size) for size in shape.split(",") if size]
            found = {name: numpy.array([float(number) for number in numbers.split(",")]).reshape(sizes)}
        for key, array in found.items():
            tensors[key] = {"dtype": PACKAGE_NAMES[kind], "shape": list(array.shape),
                            "data": packed(kind, array.ravel().tolist())}
    serialize_file(tensors, sys.argv[1], {"format": "pt"})


main()
