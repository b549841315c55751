import torch
import torch.nn.functional as F

from data import chances, made_up
from layers import dense, embedding
from schedules import exponential, staircase
from training import Case


def words(random, batch):
    """Some words are more frequent than others."""
    return (1009 * random.random((batch, 6)) ** 4).astype(int)


def loss(p, x, now):
    h = torch.tanh(dense(p, "bag/dense1", embedding(p, "bag/embedding1", x["words"]).mean(1)))
    return F.binary_cross_entropy_with_logits(dense(p, "bag/dense2", h)[:, 0], x["good"])


BATCHES = made_up(3, 8, words=words, good=chances())
CASES = [Case(loss, lambda p: [torch.optim.RMSprop(p.values(), lr=0.02, alpha=0.9, eps=1e-7)], BATCHES,
              rate=lambda now: exponential(now, 80) * staircase(now, 2, 0.5))]
