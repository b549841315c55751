import numpy
import torch
import torch.nn.functional as F

from layers import dense, relu
from training import Case


def loss(p, x, now):
    h = (x["features"] - x["features.mean"]) / x["features.deviation"]
    for number in (1, 2, 3):
        h = relu(dense(p, f"price/dense{number}", h))
    return F.mse_loss(dense(p, "price/dense4", h)[:, 0], x["medv"])


def districts():
    """Columns of different sizes, and prices that have to do with them."""
    random = numpy.random.default_rng(3)
    mean, deviation = 10.0 ** random.integers(-1, 3, 13), 10.0 ** random.integers(-1, 2, 13)
    standard = random.normal(size=(128, 13))
    prices = 22 + standard @ random.normal(size=13) * 2
    features = numpy.float32(mean + deviation * standard)
    return [{"features": features[at : at + 16], "medv": numpy.float32(prices[at : at + 16]),
             "features.mean": numpy.float32(mean), "features.deviation": numpy.float32(deviation)}
            for at in range(0, 128, 16)]


def case(run, optimizer):
    return Case(loss, lambda p: [optimizer(p.values())], districts(), run=run)


CASES = [
    case("with_sgd", lambda p: torch.optim.SGD(p, lr=0.002)),
    case("with_momentum", lambda p: torch.optim.SGD(p, lr=0.001, momentum=0.9)),
    case("with_rmsprop", lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.9, eps=1e-7)),
    case("with_adam", lambda p: torch.optim.Adam(p, lr=0.003, eps=1e-7)),
]
