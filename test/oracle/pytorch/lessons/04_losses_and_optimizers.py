import numpy
import torch

from training import Case

ONE = {"x": numpy.array([1.0]), "y": numpy.array([0.0])}


def loss(p, x, now):
    return ((x["x"] * p["weight/w"] - x["y"]) ** 2).mean()


CASES = [
    Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.1)], [ONE], run="sgd_1"),
    Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.1, momentum=0.9)], [ONE], run="momentum_1"),
    Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.1, eps=1e-7)], [ONE], run="adam_1"),
]
