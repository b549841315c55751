import torch
import torch.nn.functional as F

from data import made_up, numbers
from layers import dense, gru_after, lstm, rnn, turned
from training import Case


def loss(p, x, now):
    h, real = x["x"], x["real"].long()
    for layer in (1, 2):
        path = f"padded/stacked1/bidirectional{layer}"
        back = turned(lstm(p, f"{path}/lstm2", turned(h, real), real), real)
        h = torch.cat([lstm(p, f"{path}/lstm1", h, real), back], 2)
    h = rnn(p, "padded/rnn1", gru_after(p, "padded/gru1", h, real), real)
    return F.mse_loss(dense(p, "padded/dense1", h[:, -1]), x["y"])


BATCHES = made_up(3, 4, x=numbers(11, 3), y=numbers(2), real=lambda random, batch: random.integers(1, 12, batch))
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.01, eps=1e-7)], BATCHES)]
