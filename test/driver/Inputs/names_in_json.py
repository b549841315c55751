"""names_in_json.py DNNC: in events a program has the name that its file has, but for what is no UTF-8; people see escapes."""
import json
import subprocess
import sys

dnnc = sys.argv[1]
program = """dnn 1
import "%s"
data d { source = linear(n: 40); validation = random(20%%) }
train line on d { loss = mse; optimizer = sgd(rate: 0.01); epochs = 1 }
"""
net = "dnn 1\nnet line(x: f32[1]) -> real { x -> dense(1) }\n"


def output_of(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout


for name, in_json, seen in ((b"a\x1bb\u202ec.dnn".decode("unicode-escape").encode(), "a\x1bb\u202ec.dnn", "a\\x1Bb\\u202Ec.dnn"),
                            ("caf\u00e9 1.dnn".encode(), "caf\u00e9 1.dnn", "caf\u00e9 1.dnn"),
                            (b"caf\xe9.dnn", "caf\ufffd.dnn", "caf\ufffd.dnn")):
    with open(b"net.dnn", "w") as file:
        file.write(net)
    with open(name, "w") as file:
        file.write(program % "net.dnn")
    output_of(dnnc, "compile", name, "-o", "trainer")
    sources = [json.loads(line) for line in output_of("./trainer", "source", "--json").splitlines()]
    assert [source["file"] for source in sources] == [in_json, "net.dnn"], sources
    assert output_of("./trainer", "source").decode().startswith(f"# {seen}\n"), output_of("./trainer", "source")
    for bench in ("./trainer", "bench"), (dnnc, "bench", name):
        places = [kernel["place"] for kernel in json.loads(output_of(*bench, "--json"))["kernels"]]
        assert any(place.startswith(in_json + ":4:") for place in places), places
        assert f"{seen}:4:" in output_of(*bench).decode()
print("names are as they are")
