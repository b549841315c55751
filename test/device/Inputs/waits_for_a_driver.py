"""waits_for_a_driver.py FOLDER DNNC PROGRAM: runs commands on a device whose driver compiles when it has been said that a program waits
for it (`told` of failing_driver.cpp), and prints the first line that each says. FOLDER has the driver, a trainer and weights."""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
folder, dnnc, program = pathlib.Path(sys.argv[1]), *sys.argv[2:]
weights, device, answer = ["--weights", str(folder / "w.safetensors")], ["--device=opencl"], ["--input", "0,1"]
part = ["--part", "train"]
commands = [[dnnc, "run", program, "--epochs", "1", *device]]
commands += [[dnnc, "evaluate", program, *weights, *part, *device], [dnnc, "predict", program, *weights, *answer, *device]]
commands += [[dnnc, "test", program, *weights, *device], [dnnc, "bench", program, *device]]
commands += [[dnnc, "compare", program, "--steps", "1", "--device=cpu,opencl"]]
trainer = str(folder / "xor")
commands += [[trainer, "train", "--epochs", "1", *device], [trainer, "evaluate", *weights, *part, *device]]
commands += [[trainer, "predict", *weights, *answer, *device]]

started = []
for number, command in enumerate(commands):
    said = folder / f"said{number}"
    environment = dict(os.environ, POCL_CACHE_DIR=str(folder / f"cache{number}"))
    with open(said, "w", encoding="utf-8") as file:
        with_fault = [sys.executable, here / "with_fault.py", folder, f"told:{said}", *command]
        process = subprocess.Popen(with_fault, stdout=subprocess.DEVNULL, stderr=file, env=environment)
    started.append((command, said, process))
for command, said, process in started:
    process.wait()
    lines = [line for line in said.read_text().splitlines() if "has been compiling" in line]
    print(f"{pathlib.Path(command[0]).name} {command[1]}: {(lines or ['nothing'])[0]}")
