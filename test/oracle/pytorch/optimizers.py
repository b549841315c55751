"""Optimizers that PyTorch lacks or defines in another way. All others are its own."""
import torch


class Nadam(torch.optim.Optimizer):
    """Dozat 2016 without the schedule of beta1 that PyTorch's has."""

    def __init__(self, parameters, lr, beta1=0.9, beta2=0.999, eps=1e-7):
        super().__init__(parameters, dict(lr=lr))
        self.beta1, self.beta2, self.eps, self.count = beta1, beta2, eps, 0

    @torch.no_grad()
    def step(self):
        self.count += 1
        b1, b2, t = self.beta1, self.beta2, self.count
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                m = state["m"] = b1 * state.get("m", 0) + (1 - b1) * w.grad
                v = state["v"] = b2 * state.get("v", 0) + (1 - b2) * w.grad**2
                ahead = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * w.grad / (1 - b1**t)
                w -= group["lr"] * ahead / ((v / (1 - b2**t)).sqrt() + self.eps)


class Lion(torch.optim.Optimizer):
    """Chen and others 2023."""

    def __init__(self, parameters, lr, beta1=0.9, beta2=0.99, decay=0):
        super().__init__(parameters, dict(lr=lr))
        self.beta1, self.beta2, self.decay = beta1, beta2, decay

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                m = self.state[w].get("m", torch.zeros_like(w))
                direction = torch.sign(m.lerp(w.grad, 1 - self.beta1))
                self.state[w]["m"] = m.lerp(w.grad, 1 - self.beta2)
                w -= group["lr"] * (direction + self.decay * w)


class Steady(torch.optim.Optimizer):
    """That of lesson 8: a running mean of the gradient's signs."""

    def __init__(self, parameters, lr, keep=0.9):
        super().__init__(parameters, dict(lr=lr))
        self.keep = keep

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                direction = self.keep * self.state[w].get("direction", 0) + (1 - self.keep) * w.grad.sign()
                self.state[w]["direction"] = direction
                w -= group["lr"] * direction
