import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense, gru_after, lstm
from training import Case


def loss(p, x, now):
    onward = lstm(p, "both_ways/bidirectional1/lstm1", x["x"])
    back = lstm(p, "both_ways/bidirectional1/lstm2", x["x"].flip(1)).flip(1)
    h = gru_after(p, "both_ways/gru1", torch.cat([onward, back], 2))
    return F.mse_loss(dense(p, "both_ways/dense1", h[:, -1]), x["y"])


BATCHES = made_up(3, 4, x=numbers(11, 3), y=numbers(2))
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.02, eps=1e-7)], BATCHES)]
