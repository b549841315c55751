"""Seconds a step of the MNIST lesson's network in JAX: one epoch as a hand-written lax.scan.

784-128-64-10 relu, cross-entropy, Adam, batch 32, float32, on two threads. The data is random: its values do not change
the time. Prints one line: the median over epochs. Run it with the versions in requirements.txt of this folder.
"""
import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads=2")
import time

import jax
import jax.numpy as jnp
import numpy as np

SIZES, BATCH, STEPS = (784, 128, 64, 10), 32, 500


def initial(key):
    parameters = []
    for n, m in zip(SIZES, SIZES[1:]):
        key, part = jax.random.split(key)
        limit = (6 / (n + m)) ** 0.5
        parameters.append((jax.random.uniform(part, (n, m), minval=-limit, maxval=limit), jnp.zeros(m)))
    return parameters


def loss(parameters, x, label):
    for w, b in parameters[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = parameters[-1]
    z = x @ w + b
    return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.take_along_axis(z, label[:, None], axis=1)[:, 0])


def adam(p, g, m, v, t, rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return p - rate * (m / (1 - beta1**t)) / (jnp.sqrt(v / (1 - beta2**t)) + epsilon), m, v


def step(carry, batch):
    parameters, m, v, t = carry
    x, label = batch
    value, gradients = jax.value_and_grad(loss)(parameters, x.astype(jnp.float32) / 255, label)
    new = jax.tree.map(lambda p, g, a, b: adam(p, g, a, b, t), parameters, gradients, m, v)
    part = lambda k: jax.tree.map(lambda leaf: leaf[k], new, is_leaf=lambda leaf: isinstance(leaf, tuple) and len(leaf) == 3)
    return (part(0), part(1), part(2), t + 1), value


@jax.jit
def epoch(carry, images, labels):
    return jax.lax.scan(step, carry, (images, labels))


def main():
    generator = np.random.default_rng(0)
    images = jnp.asarray(generator.integers(0, 256, (STEPS, BATCH, SIZES[0]), dtype=np.uint8))
    labels = jnp.asarray(generator.integers(0, 10, (STEPS, BATCH), dtype=np.int32))
    parameters = initial(jax.random.PRNGKey(0))
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    carry = (parameters, zeros, zeros, jnp.float32(1))
    times = []
    for _ in range(12):
        begin = time.perf_counter()
        carry, losses = epoch(carry, images, labels)
        losses.block_until_ready()
        times.append((time.perf_counter() - begin) / STEPS)
    print(f"jax {jax.__version__}: MNIST MLP step {np.median(times[2:]) * 1e3:.4f} ms")


main()
