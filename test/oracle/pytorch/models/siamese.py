import torch

from data import chances, made_up, numbers
from layers import conv, dense, maxpool, relu
from training import Case


def tower(p, x):
    h = maxpool(torch.tanh(conv(p, "siamese/tower/conv1", x)), 2).flatten(1)
    return torch.sigmoid(dense(p, "siamese/tower/dense1", h))


def loss(p, x, now):
    z = dense(p, "siamese/dense1", (tower(p, x["a"]) - tower(p, x["b"])).abs())[:, 0]
    return relu(1 - (2 * x["alike"] - 1) * z).mean()


BATCHES = made_up(3, 8, a=numbers(7, 6, 1), b=numbers(7, 6, 1), alike=chances())
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.03, momentum=0.8)], BATCHES)]
