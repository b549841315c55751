import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import embedding
from training import Case


def loss(p, x, now):
    person, thing = x["person"], x["thing"]
    match = (embedding(p, "taste/embedding1", person) * embedding(p, "taste/embedding2", thing)).sum(-1)
    return F.huber_loss(match + p["taste/bias1/b"][person] + p["taste/bias2/b"][thing], x["stars"], delta=0.5)


BATCHES = made_up(4, 16, person=classes(31), thing=classes(53), stars=numbers())
CASES = [Case(loss, lambda p: [torch.optim.Adam(p.values(), lr=0.05, eps=1e-7)], BATCHES)]
