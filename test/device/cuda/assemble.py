"""assemble.py PTXAS FILE...: assembles the kernels of files of PTX for sm_80, sm_90 and sm_100, each text once, all devices at a
time, and prints a line for each. None may keep numbers of a thread outside of its registers, ask for more shared memory than every
device has, or for more registers than a block of the threads that kernels have (GpuTarget::threads) finds."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ptxas, files = sys.argv[1], sys.argv[2:]
most_shared, most_registers, threads, at_a_time = 48 << 10, 1 << 16, 64, 64
head, kernels, texts = "", {}, set()
for file in files:
    for text in re.split(r"(?m)^(?=\.version )", pathlib.Path(file).read_text()):
        if not text.startswith(".version"):
            assert not text.strip(), f"{file}: no PTX: {text[:80]!r}"
            continue
        head, *bodies = re.split(r"(?m)^(?=\.visible \.entry )", text)
        assert ".target sm_80" in head and "\n.global" not in head, head
        for body in bodies:
            name = re.match(r"\.visible \.entry (\w+)", body)[1]
            unnamed = body.replace(name, "", 1)
            if unnamed not in texts:
                texts.add(unnamed)
                kernels[name] = body
assert kernels, "no kernels"


def assemble(device, source, names):
    """What a device of this kind says: the most registers of a kernel, and what is wrong."""
    run = subprocess.run([ptxas, "-v", f"-arch={device}", source, "-o", source.with_suffix("." + device)],
                         capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    parts = re.split(r"Compiling entry function '(\w+)'", run.stderr)[1:]
    assert sorted(parts[::2]) == sorted(names), (len(parts), len(names))
    largest, faults = 0, []
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
    return largest, faults


devices, all_faults = ("sm_80", "sm_90", "sm_100"), []
with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    # Of many kernels at a time the assembler takes longer than their number says.
    sources, names = [], list(kernels)
    for begin in range(0, len(names), at_a_time):
        part = names[begin:begin + at_a_time]
        sources.append((pathlib.Path(folder, f"{begin}.ptx"), part))
        sources[-1][0].write_text(head + "".join(kernels[name] for name in part))
    waiting = {device: [pool.submit(assemble, device, *source) for source in sources] for device in devices}
    for device, parts in waiting.items():
        faults = [fault for part in parts for fault in part.result()[1]]
        largest = max(part.result()[0] for part in parts)
        print(f"{device}: {len(kernels)} kernels, at most {largest} registers, {len(faults)} faults", flush=True)
        all_faults += faults
print("\n".join(all_faults))
sys.exit(1 if all_faults else 0)
