import torch
import torch.nn.functional as F

from data import pictures
from layers import conv, dense, dropout, maxpool, relu
from schedules import cosine
from training import Case


def loss(p, x, now):
    h = maxpool(relu(conv(p, "cnn/conv1", x["image"] / 255)), 2)
    h = maxpool(relu(conv(p, "cnn/conv2", h)), 2)
    h = relu(conv(p, "cnn/conv3", h)).flatten(1)
    h = dropout(relu(dense(p, "cnn/dense1", h)), 0.5, "cnn/dropout1/y", now)
    return F.cross_entropy(dense(p, "cnn/dense2", h), x["label"])


BATCHES = pictures(5, 2, 32, 32, 3)
def optimizer(p):
    return [torch.optim.Adam(p.values(), lr=2e-3, eps=1e-7)]


# The rate rises for 100 steps, then it falls.
CASES = [Case(loss, optimizer, BATCHES, steps=110, rate=lambda now: cosine(now, warmup=100))]
