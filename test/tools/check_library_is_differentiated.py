"""Names each layer, activation and loss of the library that no gradients_*.dnn of test/oracle uses."""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
defined = {}
for path in sorted((source / "compiler/library").glob("*.dnn")):
    for word, name in re.findall(r"^(layer|activation|loss) (\w+)\(", path.read_text(), re.MULTILINE):
        defined[name] = word
programs = "".join(path.read_text() for path in sorted((source / "test/oracle").glob("gradients_*.dnn")))
code = re.sub(r"#.*", "", programs)
missing = [f"{word} {name}" for name, word in defined.items() if not re.search(rf"\b{name}\b", code)]
assert len(defined) > 30, "the library was not found"
if missing:
    sys.exit("not differentiated in test/oracle: " + ", ".join(missing))
