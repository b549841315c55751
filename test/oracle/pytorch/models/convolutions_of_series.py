import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import channels_first, channels_last, dense, padded
from training import Case


def conv1d(p, path, x, stride=1, dilation=1):
    kernel = p[f"{path}/kernel"].permute(2, 1, 0)
    return channels_last(F.conv1d(x, kernel, p[f"{path}/b"], stride=stride, dilation=dilation))


def loss(p, x, now):
    h = torch.tanh(conv1d(p, "series/conv1d1", padded(channels_first(x["x"]), (4,), (2,)), stride=2))
    h = F.silu(conv1d(p, "series/causal_conv1", F.pad(channels_first(h), (4, 0)), dilation=2))
    h = channels_first(conv1d(p, "series/conv1d2", channels_first(h), dilation=3))
    h = channels_last(F.avg_pool1d(F.max_pool1d(h, 3, 1), 2))
    return F.cross_entropy(dense(p, "series/dense1", h.flatten(1)), x["label"])


BATCHES = made_up(3, 6, x=numbers(17, 3), label=classes(3))
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.01, eps=1e-7)], BATCHES)]
