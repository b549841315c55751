"""check_record.py RECORD INFO: what a driver was asked for while a program trained (driver.cpp). A step asks for
numbers to put, the launches of which INFO (dnnc info --json) speaks, most of them at once as a graph, and numbers to get; it takes
no memory. In the end everything is given back."""
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
largest = max(int(lines[number][2]) for number in begins)
begins = [number for number in begins if int(lines[number][2]) == largest]
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
