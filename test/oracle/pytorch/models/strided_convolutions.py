import torch
import torch.nn.functional as F

from data import classes, made_up, pixels
from layers import conv, dense
from training import Case


def loss(p, x, now):
    h = F.gelu(conv(p, "strided/conv1", x["image"] / 255, stride=(2, 1), pad="same"))
    h = F.silu(conv(p, "strided/conv2", h, stride=(1, 3), pad="same", bias=False))
    h = torch.tanh(conv(p, "strided/conv3", h, stride=(3, 2))).flatten(1)
    return F.cross_entropy(dense(p, "strided/dense1", h), x["label"])


BATCHES = made_up(3, 7, image=pixels(13, 11, 2), label=classes(5))
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.003, eps=1e-7)], BATCHES)]
