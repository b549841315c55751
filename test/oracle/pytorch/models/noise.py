import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense
from training import Case


def loss(p, x, now):
    h = x["x"]
    if now.training:
        h = h + 0.1 * now.normal("noise/noisy1/y", h)
    h = torch.sigmoid(dense(p, "noise/dense1", h))
    if now.training:
        h = h * (1 + 0.2 * (2 * now.uniform("noise/shaken1/y", h) - 1))
    return F.mse_loss(dense(p, "noise/dense2", h), x["y"])


BATCHES = made_up(3, 5, x=numbers(7), y=numbers(3))
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.01, eps=1e-7)], BATCHES)]
