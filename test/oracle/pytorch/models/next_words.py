import torch
import torch.nn.functional as F

from data import classes, made_up
from layers import dense, embedding, layernorm
from training import Case


def loss(p, x, now):
    h = embedding(p, "writer/embedding1", x["text"])
    q, k, v = (h @ p[f"writer/causal1/{name}"] for name in ("wq", "wk", "wv"))
    h = h + F.scaled_dot_product_attention(q, k, v, is_causal=True)
    z = dense(p, "writer/dense1", layernorm(p, "writer/layernorm1", h))
    return F.cross_entropy(z.flatten(0, 1), x["next"].flatten())


def optimizer(p):
    served = [values for path, values in p.items() if not path.endswith("/table")]
    return [torch.optim.AdamW(served, lr=0.01, weight_decay=0.01, eps=1e-8)]


BATCHES = made_up(3, 4, text=classes(17, 9), next=classes(17, 9))
CASES = [Case(loss, optimizer, BATCHES, clip=lambda served: torch.nn.utils.clip_grad_value_(served, 0.02))]
