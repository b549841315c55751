import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import batchnorm, conv, dense
from training import Case


def residual(p, path, x, now, stride=1):
    main = conv(p, f"{path}/conv1", x, stride=stride, pad="same")
    main = F.silu(batchnorm(p, f"{path}/batchnorm1", main, now))
    main = batchnorm(p, f"{path}/batchnorm2", conv(p, f"{path}/conv2", main, pad="same"), now, momentum=0.9)
    skip = x if stride == 1 else conv(p, f"{path}/conv3", x, stride=stride)
    return F.silu(main + skip)


def loss(p, x, now):
    h = residual(p, "blocks/residual1", x["image"], now)
    h = residual(p, "blocks/residual2", h, now, stride=2)
    return F.cross_entropy(dense(p, "blocks/dense1", h.mean((1, 2))), x["label"])


BATCHES = made_up(3, 6, image=numbers(7, 9, 3), label=classes(3))
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.05, weight_decay=0.01)], BATCHES)]
