import torch
import torch.nn.functional as F

from data import classes, made_up
from layers import attention, dense, embedding, layernorm
from optimizers import Nadam
from schedules import cosine
from training import Case


def positions(x):
    places, columns = (torch.arange(size, dtype=x.dtype) for size in x.shape[1:])
    angles = places[:, None] / 10 ** ((columns - columns % 2) / x.shape[2])
    return x + torch.where(columns % 2 == 0, angles.sin(), angles.cos())


def loss(p, x, now):
    h = positions(embedding(p, "encoder/embedding1", x["words"]))
    h = h + attention(p, "encoder/add1/attention1", layernorm(p, "encoder/add1/layernorm1", h))
    wide = F.gelu(dense(p, "encoder/add2/dense1", layernorm(p, "encoder/add2/layernorm1", h)))
    h = h + dense(p, "encoder/add2/dense2", wide)
    h = h + attention(p, "encoder/add3/attention1", layernorm(p, "encoder/add3/layernorm1", h))
    h = layernorm(p, "encoder/layernorm1", h).mean(1)
    return F.cross_entropy(dense(p, "encoder/dense1", h), x["kind"])


BATCHES = made_up(4, 5, words=classes(13, 7), kind=classes(3))
CASES = [Case(loss, lambda p: [Nadam(p.values(), lr=0.01)], BATCHES, rate=lambda now: cosine(now, warmup=10))]
