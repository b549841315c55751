import torch
import torch.nn.functional as F

from data import pictures
from layers import dense, relu
from schedules import cosine
from training import Case


def loss(p, x, now):
    h = x["image"].flatten(1) / 255
    h = relu(dense(p, "mlp/dense1", h))
    h = relu(dense(p, "mlp/dense2", h))
    return F.cross_entropy(dense(p, "mlp/dense3", h), x["label"])


BATCHES = pictures(4, 8, 28, 28, 1)
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=1e-3, eps=1e-7)], BATCHES, rate=cosine)]
