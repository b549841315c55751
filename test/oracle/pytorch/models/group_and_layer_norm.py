import torch
import torch.nn.functional as F

from data import classes, made_up, numbers
from layers import conv, dense, groupnorm, layernorm
from training import Case


def loss(p, x, now):
    h = F.gelu(groupnorm(p, "norms/groupnorm1", conv(p, "norms/conv1", x["image"], pad="same"), 3))
    h = F.silu(layernorm(p, "norms/layernorm1", conv(p, "norms/conv2", h))).flatten(1)
    h = torch.tanh(layernorm(p, "norms/layernorm2", dense(p, "norms/dense1", h), 0.1))
    return F.cross_entropy(dense(p, "norms/dense2", h), x["label"])


def optimizer(p):
    weights = [values for path, values in p.items() if path.endswith(("/w", "/kernel"))]
    others = [values for path, values in p.items() if not path.endswith(("/w", "/kernel"))]
    return [torch.optim.AdamW(weights, lr=0.003, weight_decay=0.05, eps=1e-8),
            torch.optim.AdamW(others, lr=0.001, weight_decay=0, eps=1e-6)]


CASES = [Case(loss, optimizer, made_up(3, 5, image=numbers(6, 5, 4), label=classes(3)))]
