"""Random programs train from data that lie on a device, and again where the device has no room for them, so that the host puts
every batch: the weights are the same to the bit.
random_data.py FOLDER FIRST LAST CAMPAIGN DNNC; FOLDER has libOpenCL.so.1, made of failing_driver.cpp."""
import pathlib
import re
import subprocess
import sys

folder, first, last, campaign, dnnc = sys.argv[1:]
folder = pathlib.Path(folder)
with_fault = pathlib.Path(__file__).with_name("with_fault.py")


def trained(program, fault):
    """What a run says, what the driver has counted, and the weights."""
    weights = program.with_suffix(".st")
    weights.unlink(missing_ok=True)
    command = [dnnc, "train", program, "--device=opencl:0", "-q", "-o", weights]
    run = subprocess.run([sys.executable, with_fault, folder, fault + " counts", *command], capture_output=True, text=True)
    *said, counts = run.stderr.splitlines()
    numbers = {word: int(number) for word, number in re.findall(r"([a-z]+) (\d+)", counts)}
    return (run.returncode, run.stdout, said), numbers, weights.exists() and weights.read_bytes()


seeds = range(int(first), int(last) + 1)
for seed in seeds:
    text = subprocess.run([campaign, "--show", str(seed)], capture_output=True, text=True, check=True).stdout
    examples = len(re.findall(r"\] ->", text.split("net network")[0]))
    text, count = re.subn(r"batch = \d+; epochs = 2", f"batch = {examples // 2 + 1}; epochs = 3", text)
    assert count == 1 and examples > 0, text
    program = folder / f"p{seed}.dnn"
    program.write_text(text)
    there, counts, weights = trained(program, "")
    # The last that a training takes is room for the order of its examples.
    assert counts["last"] == 4 * examples, f"seed {seed}: the data were not brought to the device: {counts}, {there}"
    put, _, again = trained(program, f"full:{counts['buffers']}")
    assert there == put and weights and weights == again, f"seed {seed}: {there}, where the host puts it {put}"
print(f"{len(seeds)} programs trained to the same bits")
