"""Seconds a step of the CIFAR-10 lesson's network in Keras on TensorFlow, in the best of its configurations.

conv 32 3x3 - pool - conv 64 - pool - conv 64 - flatten - dense 64 - dropout 0.5 - dense 10, Adam, batch 64, on two
threads, with and without XLA. The data is random: its values do not change the time.
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import time

import keras
import numpy as np
import tensorflow as tf

BATCH, STEPS = 64, 60


def network():
    layers = keras.layers
    return keras.Sequential([
        layers.Input((32, 32, 3)), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dropout(0.5), layers.Dense(10)])


def seconds_a_step(jit_compile):
    net = network()
    net.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=jit_compile)
    generator = np.random.default_rng(0)
    images = generator.random((BATCH * STEPS, 32, 32, 3), dtype=np.float32)
    labels = generator.integers(0, 10, BATCH * STEPS)
    data = tf.data.Dataset.from_tensor_slices((images, labels)).batch(BATCH).cache().prefetch(2)
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        net.fit(data, epochs=1, verbose=0)
        times.append((time.perf_counter() - begin) / STEPS)
    return min(times[1:])


tf.config.threading.set_intra_op_parallelism_threads(2)
for jit in (False, True):
    print(f"keras {keras.__version__}: CIFAR CNN step {seconds_a_step(jit) * 1e3:.3f} ms{' with XLA' if jit else ''}", flush=True)
