import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import conv, dense, depthwise_conv
from training import Case


def loss(p, x, now):
    h = F.silu(depthwise_conv(p, "separable/depthwise_conv1", x["image"]))
    h = F.elu(conv(p, "separable/conv1", h))
    h = F.softplus(depthwise_conv(p, "separable/depthwise_conv2", h, stride=(2, 3)))
    return F.cross_entropy(dense(p, "separable/dense1", h.mean((1, 2))), x["label"])


BATCHES = made_up(3, 5, image=numbers(9, 10, 3), label=classes(4))
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.1, momentum=0.9, nesterov=True)], BATCHES)]
