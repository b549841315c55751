"""Training in PyTorch, in float64. The programs in lessons/ and models/ are written with it."""
import dataclasses

import numpy
import torch

import draws


@dataclasses.dataclass
class Now:
    """What a formula may ask about the step that is being made."""

    step: int  # from 1
    steps: int
    epoch: int  # from 1
    epochs: int
    training: bool
    seed: int
    streams: dict  # of draws, by the path of the use of their layer

    def bernoulli(self, chance, path, like):
        return torch.from_numpy(draws.bernoulli(chance, *self.place(path), like.shape))

    def uniform(self, path, like):
        return torch.from_numpy(draws.uniform(*self.place(path), like.shape))

    def normal(self, path, like):
        return torch.from_numpy(draws.normal(*self.place(path), like.shape))

    def place(self, path):
        return self.streams[path], self.seed, self.step if self.training else 0


@dataclasses.dataclass
class Case:
    """One run of a program, written a second time.

    loss(p, x, now) is the mean loss of a batch; p are parameters and states by their paths, x are the raw fields.
    optimizer(p) is a list of optimizers of torch; rate(now) is what their rate is multiplied with.
    clip(parameters) changes their gradients after each backward pass.
    average is the decay of the running averages, which evaluation uses in the place of the parameters.
    """

    loss: callable
    optimizer: callable
    batches: list
    run: str = ""
    steps: int = 100
    epochs: int = 5
    rate: callable = lambda now: 1
    clip: callable = lambda parameters: None
    average: float = 0


def valid(batch):
    """The fields of a batch; one that tells a `count` has so many examples, and rows after them that do not count."""
    fields = {name: as_tensor(values) for name, values in batch.items() if name != "count"}
    return {name: values[: batch["count"]] for name, values in fields.items()} if "count" in batch else fields


def as_tensor(values):
    values = numpy.asarray(values)
    return torch.tensor(values, dtype=torch.int64 if values.dtype.kind in "iu" else torch.float64)


def train(case, start, seed, streams):
    """The losses of all steps, and that of evaluation at the end over the first batch."""
    p = {path: torch.tensor(one["values"], dtype=torch.float64).reshape(one["shape"]) for path, one in start.items()}
    served = {path: p[path].requires_grad_() for path, one in start.items() if not one["state"]}
    averages = {path: values.detach().clone() for path, values in served.items()}
    optimizers = case.optimizer(served)
    rates = [[group["lr"] for group in optimizer.param_groups] for optimizer in optimizers]
    batches = [valid(batch) for batch in case.batches]
    losses = []
    for step in range(case.steps):
        now = Now(step + 1, case.steps, step * case.epochs // case.steps + 1, case.epochs, True, seed, streams)
        for optimizer, its_rates in zip(optimizers, rates):
            optimizer.zero_grad()
            for group, rate in zip(optimizer.param_groups, its_rates):
                group["lr"] = rate * case.rate(now)
        loss = case.loss(p, batches[step % len(batches)], now)
        loss.backward()
        case.clip(list(served.values()))
        for optimizer in optimizers:
            optimizer.step()
        for path, values in averages.items():
            values.mul_(case.average).add_(served[path].detach(), alpha=1 - case.average)
        losses.append(loss.item())
    with torch.no_grad():
        now.training = False
        losses.append(case.loss(p | averages if case.average else p, batches[0], now).item())
    return losses
