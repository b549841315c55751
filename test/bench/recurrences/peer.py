"""What PyTorch does of the comparison: data FILE EXAMPLES PLACES FEATURES | losses KIND DATA WEIGHTS | times KIND HOW DATA STATES BATCH."""
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
    def __init__(self, kind, features, states):
        super().__init__()
        self.layer = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](features, states, batch_first=True)
        self.dense = torch.nn.Linear(states, 1)

    def forward(self, x):
        return self.dense(self.layer(x)[0][:, -1])


def write_data(file, examples, places, features):
    random = numpy.random.default_rng(examples)
    x = random.standard_normal((examples, places, features)).astype(numpy.float32)
    numpy.savez(file, x=x, y=numpy.tanh(x.mean((1, 2)) * 10)[:, None].astype(numpy.float32))


def read(file):
    data = numpy.load(file)
    return torch.from_numpy(data["x"]), torch.from_numpy(data["y"])


def step(net, optimizer, loss_of, x, y):
    optimizer.zero_grad()
    loss = loss_of(net(x), y)
    loss.backward()
    optimizer.step()
    return loss


def optimizer_of(net):
    return torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)


def started(kind, features, weights):
    """The net with the weights of a file. PyTorch has two biases a gate, of which the library has the first; a GRU's candidate
    has both."""
    p = {name.split("/", 1)[1].replace(kind + "1", "layer"): torch.from_numpy(values) for name, values in load_file(weights).items()}
    net = Net(kind, features, p["layer/ug"].shape[0])
    stacked = lambda part: torch.cat([sign * p[f"layer/{part}{gate}"].mT if part != "b" else sign * p[f"layer/b{gate}"]
                                      for gate, sign in GATES[kind]])
    second = torch.zeros_like(net.layer.bias_hh_l0)
    trained = torch.zeros_like(second)
    if kind == "gru":
        second[-p["layer/bh"].shape[0]:] = p["layer/bh"]
        trained[-p["layer/bh"].shape[0]:] = 1
    with torch.no_grad():
        net.layer.weight_ih_l0.copy_(stacked("w"))
        net.layer.weight_hh_l0.copy_(stacked("u"))
        net.layer.bias_ih_l0.copy_(stacked("b"))
        net.layer.bias_hh_l0.copy_(second)
        net.dense.weight.copy_(p["dense1/w"].mT)
        net.dense.bias.copy_(p["dense1/b"])
    net.layer.bias_hh_l0.register_hook(lambda gradient: gradient * trained)
    return net


def losses(kind, data, weights):
    x, y = read(data)
    net = started(kind, x.shape[2], weights)
    optimizer = optimizer_of(net)
    return [step(net, optimizer, torch.nn.functional.mse_loss, x, y).item() for _ in range(100)]


def seconds_a_step(kind, how, data, states, batch):
    x, y = read(data)
    net = Net(kind, x.shape[2], states)
    optimizer = optimizer_of(net)
    called = torch.compile(net) if how == "compiled" else net
    times = []
    while len(times) < WARM + TIMED:
        order = torch.randperm(len(x))
        for first in range(0, len(x) - batch + 1, batch):
            begin = time.perf_counter()
            rows = order[first:first + batch]
            step(called, optimizer, torch.nn.functional.mse_loss, x[rows], y[rows])
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
        kind, how, data, states, batch = rest
        print(seconds_a_step(kind, how, data, int(states), int(batch)))


main()
