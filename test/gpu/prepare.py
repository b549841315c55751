"""prepare.py DNNC FOLDER: puts into the folder what `run` needs on a machine with a GPU and without dnnc, 64 MiB at most: trainers,
what they gave here and how far a device may be from it, and predicted times. `dnnc` must find the data sets."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
MOST_BYTES = 64 << 20
# Lessons of which one step on all examples is a test of kernels, and those that are trained and timed.
KERNELS = ["02_xor", "03_activations", "06_three_layers", "07_boston", "08_your_own"]
TRAINED = {"02_xor": 2000, "05_mnist": 1, "06_three_layers": 20, "08_your_own": 5}


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def first_object(text):
    return json.loads(text.splitlines()[0])


def one_step(text):
    """All examples are one batch, which is not full. Steps are as large as gradients, of which bounds say most."""
    for was, becomes in ((r"batch = \d+;?( +#[^\n]*)?", "batch = 2000;"), (r"epochs = [\d_]+", "epochs = 1"),
                         (r"optimizer = [^;}\n]*", "optimizer = sgd(rate: 1)"), (r"\nexpect [^\n]*", "")):
        text = re.sub(was, becomes, text)
    return text


def prepare_kernels(dnnc, folder, name, plan):
    program = TOP / "examples" / f"one_step_{name}.dnn"
    program.write_text(one_step((TOP / "examples" / f"{name}.dnn").read_text()))
    try:
        training = first_object(run(dnnc, "info", program, "--json"))["run"]
        compared = json.loads(run(dnnc, "compare", program, "--run", training, "--device=cpu,opencl", "--steps=1", "--json")
                              .splitlines()[-1])
        run(dnnc, "compile", program, "--run", training, "--target=avx2,cuda", "-o", folder / f"kernels_{name}")
    finally:
        program.unlink()
    bounds = {row["tensor"]: row["widest_bound"] for row in compared["differences"] if isinstance(row["widest_bound"], float)}
    plan["kernels"].append({"name": name, "bounds": bounds})


def prepare_training(dnnc, folder, name, epochs, plan):
    program = TOP / "examples" / f"{name}.dnn"
    info = first_object(run(dnnc, "info", program, "--target=cuda", "--device-model=h200", "--json"))
    run(dnnc, "compile", program, "--target=avx2,cuda", "-o", folder / name)
    plan["trainings"].append({"name": name, "run": info["run"], "epochs": epochs, "launches": info["launches"],
                              "predicted": info["predicted"]["seconds"]})


def main():
    dnnc, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    plan = {"kernels": [], "trainings": []}
    for name in KERNELS:
        prepare_kernels(dnnc, folder, name, plan)
    for name, epochs in TRAINED.items():
        prepare_training(dnnc, folder, name, epochs, plan)
    data = pathlib.Path(os.environ.get("DNNC_DATA", pathlib.Path.home() / ".cache/dnnc/data"))
    for source in ("mnist", "boston"):
        if (data / source).is_dir():
            shutil.copytree(data / source, folder / "data" / source)
    driver = pathlib.Path(dnnc).parents[1] / "test" / "cuda_stub" / "libcuda.so.1"
    if driver.exists():
        (folder / "driver").mkdir()
        shutil.copy(driver, folder / "driver")
    (folder / "plan.json").write_text(json.dumps(plan, indent=1) + "\n")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    if size > MOST_BYTES:
        sys.exit(f"{folder} has {size} bytes, more than {MOST_BYTES}")
    print(f"{folder}: {len(plan['kernels'])} tests of kernels, {len(plan['trainings'])} trainings, {size} bytes")


if __name__ == "__main__":
    main()
