"""check_bench.py PLAN < BENCH: fails unless what `dnnc bench --json` printed has all its figures, and its kernels are those
of the entry `train` in what `dnnc check --emit=plan` printed. How large the figures are is not looked at."""
import json
import re
import sys

bench = json.load(sys.stdin)
entry = re.search(r"^entry train .*?(?=^entry |\Z)", open(sys.argv[1]).read(), re.M | re.S).group()
planned = re.findall(r"^  (\w+) (k_[0-9a-f]+)\(.*# (.*)$", entry, re.M)
assert planned, "no kernels in the plan"
timed = [(kernel["kind"], kernel["kernel"], kernel["name"]) for kernel in bench["kernels"]]
assert sorted(planned) == sorted(timed), f"planned {planned}, timed {timed}"
assert [kernel["seconds"] for kernel in bench["kernels"]] == sorted((k["seconds"] for k in bench["kernels"]), reverse=True)
for name in ("step_seconds", "step_seconds_one_thread", "kernel_seconds", "peak_flops", "threads", "batch"):
    assert bench[name] > 0, name
for kernel in bench["kernels"]:
    assert re.fullmatch(r".*:\d+:\d+", kernel["place"]), kernel
    assert kernel["bytes"] > 0 and 0 <= kernel["share"] <= 1, kernel
    flops = kernel["kind"] == "contraction"
    assert kernel["seconds"] == 0 or (kernel["flops_per_second"] is not None) == flops, kernel
    assert kernel["seconds"] == 0 or (kernel["bytes_per_second"] is not None) != flops, kernel
# dense1 and its two gradients: two operations for each of the products batch x 64 x 100, of the data none.
assert sum(kernel["flops"] == 2 * 32 * 64 * 100 for kernel in bench["kernels"]) == 2, bench
