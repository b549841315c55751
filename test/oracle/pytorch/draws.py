"""The draws of compiler/docs/draws.md, computed again from that page: Philox4x32-10."""
import numpy

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
INCREMENTS = (0x9E3779B9, 0xBB67AE85)
LOW = numpy.uint64(0xFFFFFFFF)


def philox(key, counter):
    """Ten rounds over arrays of 32-bit words, kept in 64 bits."""
    key, counter = [numpy.uint64(word) for word in key], [numpy.asarray(word, numpy.uint64) for word in counter]
    for _ in range(10):
        products = [numpy.uint64(factor) * word for factor, word in zip(MULTIPLIERS, counter[::2])]
        high, low = [product >> numpy.uint64(32) for product in products], [product & LOW for product in products]
        counter = [high[1] ^ counter[1] ^ key[0], low[1], high[0] ^ counter[3] ^ key[1], low[0]]
        key = [(word + numpy.uint64(increment)) & LOW for word, increment in zip(key, INCREMENTS)]
    return counter


def words(stream, seed, step, shape):
    """The first two output words of every element of an array, whose first axis is the batch, as numbers below 2^24."""
    examples = numpy.arange(shape[0]).reshape(-1, *[1] * (len(shape) - 1))
    elements = numpy.arange(numpy.prod(shape[1:], dtype=int)).reshape(1, *shape[1:])
    examples, elements = numpy.broadcast_arrays(examples, elements)
    zeros = numpy.zeros(shape)
    counter = (elements, zeros, examples, zeros + step)
    return [word >> numpy.uint64(8) for word in philox(((seed ^ stream) & 0xFFFFFFFF, stream >> 32), counter)[:2]]


def uniform(stream, seed, step, shape):
    return words(stream, seed, step, shape)[0] * 2.0**-24


def bernoulli(chance, stream, seed, step, shape):
    return (uniform(stream, seed, step, shape) < numpy.float32(chance)).astype(float)


def normal(stream, seed, step, shape):
    first, second = words(stream, seed, step, shape)
    return numpy.sqrt(-2 * numpy.log((first + numpy.uint64(1)) * 2.0**-24)) * numpy.cos(2 * numpy.pi * second * 2.0**-24)
