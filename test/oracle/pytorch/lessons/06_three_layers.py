import torch
import torch.nn.functional as F

from data import chances, made_up, numbers
from layers import dense
from training import Case


def loss(p, x, now):
    h = torch.sigmoid(dense(p, "separate/dense1", x["x"]))
    h = torch.sigmoid(dense(p, "separate/dense2", h))
    return F.binary_cross_entropy_with_logits(dense(p, "separate/dense3", h)[:, 0], x["y"])


BATCHES = made_up(10, 16, x=numbers(2), y=chances())
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.03, eps=1e-7)], BATCHES)]
