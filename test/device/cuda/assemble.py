"""assemble.py PTXAS FILE...: assembles the kernels of files of PTX for sm_80, sm_90 and sm_100, each of a name once, and prints a
line for each. None may keep numbers of a thread outside of its registers, ask for more shared memory than every device has, or for
more registers than a block of the threads that kernels have (GpuTarget::threads) finds."""
import pathlib
import re
import subprocess
import sys
import tempfile

ptxas, files = sys.argv[1], sys.argv[2:]
most_shared, most_registers, threads = 48 << 10, 1 << 16, 64
head, kernels = "", {}
for file in files:
    for text in re.split(r"(?m)^(?=\.version )", pathlib.Path(file).read_text()):
        if not text.startswith(".version"):
            assert not text.strip(), f"{file}: no PTX: {text[:80]!r}"
            continue
        head, *bodies = re.split(r"(?m)^(?=\.visible \.entry )", text)
        assert ".target sm_80" in head and "\n.global" not in head, head
        for body in bodies:
            kernels[re.match(r"\.visible \.entry (\w+)", body)[1]] = body
assert kernels, "no kernels"

faults = []
with tempfile.TemporaryDirectory() as folder:
    source = pathlib.Path(folder, "all.ptx")
    source.write_text(head + "".join(kernels.values()))
    for device in ("sm_80", "sm_90", "sm_100"):
        run = subprocess.run([ptxas, "-v", f"-arch={device}", source, "-o", pathlib.Path(folder, "cubin")],
                             capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        parts = re.split(r"Compiling entry function '(\w+)'", run.stderr)[1:]
        assert len(parts) == 2 * len(kernels), (len(parts), len(kernels))
        largest = 0
        for name, said in zip(parts[::2], parts[1::2]):
            stack, stores, loads = map(int, re.search(
                r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", said).groups())
            registers = int(re.search(r"Used (\d+) registers", said)[1])
            shared = re.search(r"(\d+) bytes smem", said)
            largest = max(largest, registers)
            if stack or stores or loads:
                faults.append(f"{device}: {name}: {stack} bytes of stack, {stores} + {loads} spilled")
            if registers * threads > most_registers or (shared and int(shared[1]) > most_shared):
                faults.append(f"{device}: {name}: {said}")
        print(f"{device}: {len(kernels)} kernels, at most {largest} registers, {len(faults)} faults")
print("\n".join(faults))
sys.exit(1 if faults else 0)
