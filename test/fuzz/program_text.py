"""Writes the trees that Grammarinator makes of grammar/*.g4 as programs: `-s program_text.program`.

Names, numbers and texts that it invents would mean nothing; in their places stand some that do.
"""
import zlib

NAMES = ("x y z w b i j k n m f32 int class prob real n1 relu dense flatten conv maxpool softmax dropout batchnorm residual "
         "sum mean max min product argmax exp log sqrt abs tanh sigmoid floor count reshape stop_gradient pi uniform normal "
         "bernoulli batch_mean training step steps epoch mnist xor rows csv moons source target image label features "
         "validation test tail random stratified augment flip shift rotate zoom crop brightness contrast noise cutout standardize loss "
         "optimizer metrics batch epochs seed "
         "clip average stop keep crossentropy squared_error accuracy adam sgd identity params memory").split()
NUMBERS = "0 1 2 3 7 13 0.5 1e-3 64 1000 4294967296 1e30".split()
TEXTS = ['"a.csv"', '"*/w"', '""', '"\\n"']


CHOICES = {"word": NAMES, "NUMBER": NUMBERS, "STRING": TEXTS}


def leaves(node):
    choice = CHOICES.get(node.name)
    if choice:
        return [choice[zlib.crc32(str(node).encode()) % len(choice)]]
    children = getattr(node, "children", None)
    return list(node.tokens()) if children is None else [text for child in children for text in leaves(child)]


def program(root):
    return "dnn 1\n" + " ".join(leaves(root))
