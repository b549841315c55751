import torch
import torch.nn.functional as F

from data import chances, made_up, numbers, shares
from layers import dense
from training import Case


def answer(p, net, x):
    return dense(p, f"{net}/dense2", torch.tanh(dense(p, f"{net}/dense1", x)))


def rates(random, batch):
    return shares(3)(random, batch) + 0.5


def parts(random, batch):
    """Three that are 1 together."""
    some = shares(3)(random, batch)
    return some / some.sum(1, keepdims=True)


def of_positive(measure):
    return lambda p, x, now: measure(F.softplus(answer(p, "positive", x["x"])), x["rate"])


def low(y, t):
    return torch.where(y < t, 0.2 * (t - y), 0.8 * (y - t)).mean()


def far(p, x, now):
    return F.kl_div(torch.log_softmax(answer(p, "shares", x["x"]), 1), x["rate"], reduction="batchmean")


def pairs(p, x, now):
    distance = (answer(p, "apart/tower", x["a"]) - answer(p, "apart/tower", x["b"])).norm(dim=1)
    return (x["alike"] * distance**2 + (1 - x["alike"]) * F.relu(1.5 - distance) ** 2).mean()


def trios(p, x, now):
    anchor, near, far = (answer(p, "order/tower", x[name]) for name in "abc")
    return F.triplet_margin_loss(anchor, near, far, margin=0.7, eps=0)


def case(loss, run, speed=0.05, **fields):
    return Case(loss, lambda p: [torch.optim.SGD(p.values(), lr=speed)], made_up(3, 7, **fields), run=run)


VALUES = {"x": numbers(4), "rate": rates}
CASES = [
    case(of_positive(lambda y, t: 100 * ((y - t) / t).abs().mean()), "percent", 0.001, **VALUES),
    case(of_positive(lambda y, t: F.poisson_nll_loss(y, t, log_input=False, eps=1e-7)), "counts", **VALUES),
    case(of_positive(low), "low", **VALUES),
    case(of_positive(lambda y, t: (1 - F.cosine_similarity(y, t)).mean()), "turned", **VALUES),
    case(far, "far", x=numbers(4), rate=parts),
    case(pairs, "pairs", a=numbers(4), b=numbers(4), alike=chances()),
    case(trios, "trios", a=numbers(4), b=numbers(4), c=numbers(4)),
]
