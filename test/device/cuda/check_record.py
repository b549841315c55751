"""check_record.py RECORD INFO: what a driver was asked for while a program trained (driver.cpp). A step asks for
the launches of which INFO (dnnc info --json) speaks, most of them at once as a graph, and at most for numbers to put and to get
beside; or many steps are one graph. It takes no memory. In the end everything is given back."""
import collections
import json
import sys

record = sys.argv[1]
launches = json.load(open(sys.argv[2]))["launches"]
lines = [line.split() for line in open(record)]
faults = [" ".join(line) for line in lines if line[0] == "fault:"]
assert not faults, faults
assert " ".join(lines[-1]) == "left: 0 pieces of memory, 0 of the host, 0 streams, 0 modules, 0 graphs, 0 contexts", lines[-1]

graphs = [int(line[1]) for line in lines if line[0] == "graph"]
assert graphs and sum(line[0] == "captured" for line in lines) == sum(graphs), graphs
begins = [number for number, line in enumerate(lines) if line[:2] == ["launch", "graph"]]
sizes = [int(lines[number][2]) for number in begins]
largest = max([size for size in sizes if size % launches == 0] or sizes)
begins = [number for number, size in zip(begins, sizes) if size == largest]
if largest > launches:
    # Nothing is asked for between steps: many of them are one graph.
    steps = largest // launches
    assert len(begins) * steps > 100, (len(begins), steps)
    between = lines[begins[-2]:begins[-1]]
    apart = sum(int(line[2]) if line[1] == "graph" else 1 for line in between if line[0] == "launch") - largest
    assert apart < largest / 2, (apart, largest)
    print(f"{launches} launches, {steps} steps at once")
    sys.exit()

assert len(begins) > 100, len(begins)
kinds = collections.Counter()
for begin, end in zip(begins, begins[1:]):
    step = lines[begin:end]
    launched = sum(int(line[2]) if line[1] == "graph" else 1 for line in step if line[0] == "launch")
    others = {line[0] for line in step} - {"launch"}
    kinds[launched, tuple(sorted(others - {"wait"})), "wait" in others] += 1
(launched, others, waits), count = kinds.most_common(1)[0]
assert launched == launches, kinds
assert set(others) <= {"put", "get"}, kinds
assert count > len(begins) / 2, kinds
print(f"{count} of {len(begins)} steps: {launched} launches, {', '.join(others)}{', and wait' if waits else ''}")
