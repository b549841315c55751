import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense
from training import Case


def noisy(p, h, now):
    low, high = p["noise/noisy1/low"], 0.1 + h**2
    return h + p["noise/noisy1/width"] * now.normal("noise/noisy1/y", h) + low + (high - low) * now.uniform("noise/noisy1/z", h)


def loss(p, x, now):
    h = noisy(p, torch.sigmoid(dense(p, "noise/dense1", x["x"])), now)
    h = h * (now.uniform("noise/gated1/y", h) < torch.sigmoid(2 * h + 1))
    return F.mse_loss(dense(p, "noise/dense2", h), x["y"])


BATCHES = made_up(3, 5, x=numbers(7), y=numbers(3))
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.1)], BATCHES)]
