"""The library's schedules: factors of a rate."""
import math


def cosine(now, warmup=0):
    if now.step < warmup:
        return now.step / warmup
    return (1 + math.cos(math.pi * (now.step - warmup) / (now.steps - warmup))) / 2


def exponential(now, half_life):
    return 0.5 ** (now.step / half_life)


def staircase(now, every, factor=0.1):
    return factor ** ((now.epoch - 1) // every)


def one_cycle(now, rise=0.3):
    top = rise * now.steps
    return now.step / top if now.step < top else 1 - (now.step - top) / ((1 - rise) * now.steps)
