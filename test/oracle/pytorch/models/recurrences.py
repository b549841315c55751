import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense, gru, lstm, rnn
from training import Case


def fading(p, path, x):
    rows = [x[:, -1]]
    for s in reversed(range(x.shape[1] - 1)):
        rows.append(p[f"{path}/keep"] * rows[-1] + x[:, s])
    return torch.stack(rows[::-1], 1)


def loss(p, x, now):
    h = fading(p, "through_time/fading1", lstm(p, "through_time/lstm1", x["x"]))
    h = rnn(p, "through_time/rnn1", gru(p, "through_time/gru1", h))
    return F.mse_loss(dense(p, "through_time/dense1", h[:, -1]), x["y"])


BATCHES = made_up(3, 4, x=numbers(11, 3), y=numbers(2))
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.02, eps=1e-7)], BATCHES)]
