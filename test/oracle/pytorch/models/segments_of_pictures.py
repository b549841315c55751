import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import conv, dense, maxpool
from training import Case


def loss(p, x, now):
    fine = F.silu(conv(p, "parts/conv1", x["image"], pad="same"))
    coarse = F.silu(conv(p, "parts/conv2", maxpool(fine, (2, 3)), pad="same"))
    coarse = coarse.repeat_interleave(2, 1).repeat_interleave(3, 2)
    z = dense(p, "parts/dense1", F.silu(conv(p, "parts/conv3", torch.cat([fine, coarse], -1), pad="same")))
    return F.cross_entropy(z.movedim(-1, 1), x["kind"])


def optimizer(p):
    inner = [values for path, values in p.items() if "/conv2/" in path]
    others = [values for path, values in p.items() if "/conv2/" not in path]
    return [torch.optim.SGD(others, lr=0.1, momentum=0.9), torch.optim.SGD(inner, lr=0.2)]


CASES = [Case(loss, optimizer, made_up(3, 3, image=numbers(8, 6, 3), kind=classes(4, 8, 6)))]
