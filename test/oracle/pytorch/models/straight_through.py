import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense
from optimizers import Lion
from training import Case


class Bend(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return torch.where(x > 0, x, 0.1 * x)

    @staticmethod
    def backward(context, above):
        return above / (1 + context.saved_tensors[0] ** 2)


def loss(p, x, now):
    h = F.leaky_relu(dense(p, "bent/dense2", Bend.apply(dense(p, "bent/dense1", x["x"]))))
    return F.mse_loss(dense(p, "bent/dense3", h)[:, 0], x["y"])


BATCHES = made_up(2, 16, x=numbers(6), y=numbers())
CASES = [Case(loss, lambda p: [Lion(p.values(), lr=0.001, decay=0.1)], BATCHES)]
