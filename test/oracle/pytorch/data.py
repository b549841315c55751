"""Made-up examples: what matters is that both sides compute with the same ones."""
import numpy


def numbers(*shape):
    return lambda random, batch: random.normal(size=(batch, *shape)).astype(numpy.float32)


def pixels(*shape, most=255):
    return lambda random, batch: random.integers(0, most + 1, (batch, *shape)).astype(numpy.float32)


def shares(*shape):
    return lambda random, batch: random.random((batch, *shape)).astype(numpy.float32)


def classes(count, *shape):
    return lambda random, batch: random.integers(0, count, (batch, *shape))


def chances(*shape):
    """Targets of a `prob`: 0 or 1."""
    return lambda random, batch: random.integers(0, 2, (batch, *shape)).astype(numpy.float32)


def made_up(count, batch, **fields):
    random = numpy.random.default_rng(7)
    return [{name: make(random, batch) for name, make in fields.items()} for _ in range(count)]


def pictures(count, batch, *shape, most=255):
    """Pictures of ten kinds that can be told apart, so that training comes to rest: one that goes on changing its mind is
    at the mercy of single roundings in float32, which decide between equal neighbours of a maximum."""
    random = numpy.random.default_rng(7)
    kinds = random.integers(0, most + 1, (10, *shape))

    def some():
        labels = random.integers(0, 10, batch)
        noise = random.integers(-most // 8, most // 8 + 1, (batch, *shape))
        return {"image": numpy.float32(numpy.clip(kinds[labels] + noise, 0, most)), "label": labels}

    return [some() for _ in range(count)]
