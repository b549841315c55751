import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import batchnorm, dense
from training import Case


def loss(p, x, now):
    h = F.elu(batchnorm(p, "few/batchnorm1", x["x"] @ p["few/dense1/w"], now, momentum=0.8))
    single = F.cross_entropy(dense(p, "few/dense2", h), x["kind"], reduction="none")
    return (torch.tensor([1, 40, 0.5], dtype=h.dtype)[x["kind"]] * single).mean()


BATCHES = [batch | {"count": count} for batch, count in zip(made_up(4, 7, x=numbers(4), kind=classes(3)), (7, 5, 6, 4))]
CASES = [Case(loss, lambda p: [torch.optim.Adagrad(p.values(), lr=0.1, eps=1e-7)], BATCHES)]
