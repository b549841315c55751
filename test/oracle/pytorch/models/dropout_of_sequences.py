import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense, dropout
from training import Case


def loss(p, x, now):
    h = dropout(x["x"], 0.25, "dropped/dropout1/y", now)
    h = dropout(torch.tanh(dense(p, "dropped/dense1", h)), 0.5, "dropped/dropout2/y", now)
    return F.l1_loss(dense(p, "dropped/dense2", h.mean(1))[:, 0], x["y"])


BATCHES = made_up(3, 6, x=numbers(5, 4), y=numbers())
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.05)], BATCHES)]
