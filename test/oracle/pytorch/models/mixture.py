import torch
import torch.nn.functional as F
from torch.distributions import Categorical, MixtureSameFamily, Normal

from data import made_up, numbers
from layers import dense
from training import Case


def loss(p, x, now):
    z = dense(p, "bells/dense2", F.softplus(dense(p, "bells/dense1", x["x"]))).reshape(-1, 4, 3)
    bells = Normal(z[..., 1], F.softplus(z[..., 2]) + 0.1)
    likely = MixtureSameFamily(Categorical(logits=z[..., 0]), bells).log_prob(x["y"][:, 0, 0])
    return -(likely + torch.log(torch.tensor(2 * torch.pi, dtype=z.dtype)) / 2).mean()


BATCHES = made_up(3, 8, x=numbers(3), y=numbers(4, 3))
CASES = [Case(loss, lambda p: [torch.optim.Adamax(p.values(), lr=0.01, eps=1e-8)], BATCHES)]
