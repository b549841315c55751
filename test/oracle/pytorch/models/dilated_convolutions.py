import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense
from training import Case


def causal(p, path, x, dilation):
    x = F.pad(x.movedim(-1, 1), (2 * dilation, 0))
    kernel = p[f"{path}/kernel"].permute(2, 1, 0)
    return torch.tanh(F.conv1d(x, kernel, p[f"{path}/b"], dilation=dilation)).movedim(1, -1)


def loss(p, x, now):
    h = x["x"]
    for number, dilation in ((1, 1), (2, 2), (3, 4)):
        h = causal(p, f"wave/causal{number}", h, dilation)
    return F.mse_loss(dense(p, "wave/dense1", h)[..., 0], x["y"])


BATCHES = made_up(4, 3, x=numbers(19, 2), y=numbers(19))
CASES = [Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=0.05, momentum=0.9)], BATCHES)]
