"""Seconds a step of the CIFAR-10 lesson's network in Keras, in the best of its configurations.

conv 32 3x3 - pool - conv 64 - pool - conv 64 - flatten - dense 64 - dropout 0.5 - dense 10, Adam, batch 64, on two
threads. The data is random: its values do not change the time. KERAS_BACKEND=jax tries that backend in place of TensorFlow;
TF_ENABLE_ONEDNN_OPTS=0 turns oneDNN off. Each configuration is timed for BENCH_SECONDS (4), after some seconds of tracing
and compiling; `cifar_keras.py PART` tries those whose names hold PART, such as `graph` or `XLA, steps_per_execution 16`.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads=2")
import itertools
import sys
import time

import keras
import numpy as np
import tensorflow as tf

BATCH, STEPS = 64, 64
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
BACKEND = keras.backend.backend()


def network():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((32, 32, 3)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dropout(0.5), layers.Dense(10)])


def seconds_a_step(jit_compile, steps_per_execution, from_dataset):
    net = network()
    net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=jit_compile,
                steps_per_execution=steps_per_execution)
    generator = np.random.default_rng(0)
    images = generator.random((BATCH * STEPS, 32, 32, 3), dtype=np.float32)
    labels = generator.integers(0, 10, BATCH * STEPS)
    if from_dataset:
        data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(BATCH).cache().prefetch(2)
        fit = lambda: net.fit(data, epochs=1, verbose=0)
    else:
        fit = lambda: net.fit(images, labels, batch_size=BATCH, epochs=1, verbose=0)
    fit()  # traces and compiles
    times, end = [], time.perf_counter() + SECONDS
    while not times or time.perf_counter() < end:
        begin = time.perf_counter()
        fit()
        times.append((time.perf_counter() - begin) / STEPS)
    return min(times)


def main():
    tf.config.threading.set_intra_op_parallelism_threads(2)
    best = (float("inf"), "")
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    # On JAX only steps that XLA compiles are tried.
    for jit, steps, dataset in itertools.product((True,) if BACKEND == "jax" else (False, True), (1, 16, 64), (True, False)):
        name = f"{'XLA' if jit else 'graph'}, steps_per_execution {steps}, {'tf.data' if dataset else 'arrays'}"
        if part not in name:
            continue
        try:
            seconds = seconds_a_step(jit, steps, dataset)
        except Exception as fault:  # a configuration that this version does not support is no candidate
            print(f"  {name}: {type(fault).__name__}", flush=True)
            continue
        print(f"  {name}: {seconds * 1e3:.2f} ms", flush=True)
        best = min(best, (seconds, name))
    print(f"keras {keras.__version__} on {BACKEND}: CIFAR CNN step {best[0] * 1e3:.3f} ms ({best[1]})", flush=True)


main()
