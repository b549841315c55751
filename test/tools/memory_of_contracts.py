"""usage: memory_of_contracts.py DNNC LIBRARY PROGRAM FOLDER     whether `expect memory.train == N` and `expect memory.predict == N`
are accepted for the N that dnnc and a trainer allocate when they train and predict, and for no other. LIBRARY is compiled of
count_aligned.cpp; FOLDER is worked in."""
import os
import pathlib
import re
import subprocess
import sys

dnnc, library, program, folder = sys.argv[1:]
text = pathlib.Path(program).read_text()
os.chdir(folder)


def check(contract):
    pathlib.Path("net.dnn").write_text(f"{text}\n{contract}\n")
    return subprocess.run([dnnc, "check", "net.dnn"], capture_output=True, text=True)


def accepted(quantity):
    """The number that the contract accepts: the message about another one says it."""
    number = int(re.search(r"is (\d+) bytes", check(f"expect {quantity} == 0").stderr).group(1))
    for other in (-64, -1, 1, 64):
        assert check(f"expect {quantity} == {number + other}").returncode == 1, (quantity, number + other)
    ended = check(f"expect {quantity} == {number}")
    assert ended.returncode == 0, ended.stderr
    return number


def allocated(*command):
    """The sizes that a command asks for."""
    counted = pathlib.Path("counted")
    counted.unlink(missing_ok=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "LD_PRELOAD": library, "COUNTED": "counted"})
    return [int(line) for line in counted.read_text().splitlines()]


def main():
    train, predict = accepted("memory.train"), accepted("memory.predict")
    assert check(f"expect memory.train == {train} and memory.predict == {predict}").returncode == 0
    subprocess.run([dnnc, "compile", "net.dnn", "-o", "trainer"], check=True, stdout=subprocess.DEVNULL)
    weights = ["--weights", "w.safetensors"]
    for name, words in (("dnnc", lambda command: [dnnc, command, "net.dnn"]), ("trainer", lambda command: ["./trainer", command])):
        for command, options, own, other in (("train", ["-o", "w.safetensors"], train, predict), ("predict", weights, predict, train),
                                             ("test", weights, train, predict)):
            sizes = allocated(*words(command), *options)
            assert sizes.count(own) == 1 and other not in sizes, (name, command, own, other, sorted(sizes)[-9:])
            print(f"{name} {command}: {own} bytes")


main()
