"""What PyTorch does of the comparison:

    data FILE EXAMPLES PLACES FEATURES SHORTEST | losses KIND DATA WEIGHTS | times KIND HOW DATA STATES LAYERS BATCH

Sequences of a shortest length, which is not 0, are packed.
"""
import json
import sys
import time

import numpy
import torch
from safetensors.numpy import load_file

WARM, TIMED, THREADS = 20, 60, 2
# The gates in PyTorch's order. Its update gate says what stays, the library's what is new: the other sign.
GATES = {"lstm": [("i", 1), ("f", 1), ("g", 1), ("o", 1)], "gru": [("r", 1), ("z", -1), ("g", 1)]}


class Net(torch.nn.Module):
    def __init__(self, kind, features, states, layers):
        super().__init__()
        self.layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](features, states, layers, batch_first=True)
        self.dense = torch.nn.Linear(states, 1)

    def forward(self, x, real=None):
        if real is None:
            return self.dense(self.layer(x)[0][:, -1])
        last = self.layer(torch.nn.utils.rnn.pack_padded_sequence(x, real, batch_first=True, enforce_sorted=False))[1]
        return self.dense((last[0] if isinstance(last, tuple) else last)[-1])


def write_data(file, examples, places, features, shortest):
    random = numpy.random.default_rng(examples)
    x = random.standard_normal((examples, places, features)).astype(numpy.float32)
    real = {"real": random.integers(shortest, places + 1, examples)} if shortest else {}
    numpy.savez(file, x=x, y=numpy.tanh(x.mean((1, 2)) * 10)[:, None].astype(numpy.float32), **real)


def read(file):
    """What a net is given, and the targets."""
    data = numpy.load(file)
    return [torch.from_numpy(data[name]) for name in ("x", "real") if name in data], torch.from_numpy(data["y"])


def step(net, optimizer, loss_of, given, y):
    optimizer.zero_grad()
    loss = loss_of(net(*given), y)
    loss.backward()
    optimizer.step()
    return loss


def optimizer_of(net):
    return torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)


def started(kind, features, weights):
    """The net with the weights of a file. PyTorch has two biases a gate, of which the library has the first; a GRU's candidate
    has both."""
    p = {name.split("/", 1)[1]: torch.from_numpy(values) for name, values in load_file(weights).items()}
    layers = sum(name.endswith("/ug") for name in p)
    net = Net(kind, features, p[f"{kind}1/ug"].shape[0], layers)
    for number in range(layers):
        start_layer(net.layer, kind, number, {name.split("/")[1]: values for name, values in p.items()
                                              if name.startswith(f"{kind}{number + 1}/")})
    with torch.no_grad():
        net.dense.weight.copy_(p["dense1/w"].mT)
        net.dense.bias.copy_(p["dense1/b"])
    return net


def start_layer(layer, kind, number, p):
    stacked = lambda part: torch.cat([sign * p[f"{part}{gate}"].mT if part != "b" else sign * p[f"{part}{gate}"]
                                      for gate, sign in GATES[kind]])
    bias = getattr(layer, f"bias_hh_l{number}")
    second, trained = torch.zeros_like(bias), torch.zeros_like(bias)
    if kind == "gru":
        second[-len(p["bh"]):] = p["bh"]
        trained[-len(p["bh"]):] = 1
    with torch.no_grad():
        getattr(layer, f"weight_ih_l{number}").copy_(stacked("w"))
        getattr(layer, f"weight_hh_l{number}").copy_(stacked("u"))
        getattr(layer, f"bias_ih_l{number}").copy_(stacked("b"))
        bias.copy_(second)
    bias.register_hook(lambda gradient: gradient * trained)


def losses(kind, data, weights):
    given, y = read(data)
    net = started(kind, given[0].shape[2], weights)
    optimizer = optimizer_of(net)
    return [step(net, optimizer, torch.nn.functional.mse_loss, given, y).item() for _ in range(100)]


def seconds_a_step(kind, how, data, states, layers, batch):
    given, y = read(data)
    net = Net(kind, given[0].shape[2], states, layers)
    optimizer = optimizer_of(net)
    called = torch.compile(net) if how == "compiled" else net
    times = []
    while len(times) < WARM + TIMED:
        order = torch.randperm(len(y))
        for first in range(0, len(y) - batch + 1, batch):
            begin = time.perf_counter()
            rows = order[first:first + batch]
            step(called, optimizer, torch.nn.functional.mse_loss, [one[rows] for one in given], y[rows])
            times.append(time.perf_counter() - begin)
    return float(numpy.median(times[WARM:]))


def main():
    torch.set_num_threads(THREADS)
    task, *rest = sys.argv[1:]
    if task == "data":
        write_data(rest[0], *map(int, rest[1:]))
    elif task == "losses":
        print(json.dumps(losses(*rest)))
    else:
        kind, how, data, *sizes = rest
        print(seconds_a_step(kind, how, data, *map(int, sizes)))


main()
