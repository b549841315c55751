import torch
import torch.nn.functional as F

from data import made_up, pixels
from layers import avgpool, conv, maxpool
from training import Case


def loss(p, x, now):
    image = x["image"] / 255
    h = maxpool(torch.tanh(conv(p, "squeeze/conv1", image, pad="same")), (3, 2), (2, 1))
    h = avgpool(torch.tanh(conv(p, "squeeze/conv2", h, pad="same")), (2, 3))
    h = torch.tanh(conv(p, "squeeze/conv3", h))
    h = h.repeat_interleave(6, 1).repeat_interleave(5, 2)
    return F.mse_loss(conv(p, "squeeze/conv4", h, pad="same")[:, :12, :10], image)


BATCHES = made_up(2, 3, image=pixels(12, 10, 2))
CASES = [Case(loss, lambda p: [torch.optim.Adagrad(p.values(), lr=0.02, eps=1e-7)], BATCHES)]
