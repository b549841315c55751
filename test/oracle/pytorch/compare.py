"""Compares the training of dnnc with that of PyTorch in float64: see README.md. Installs PyTorch into the build folder first.

usage: compare.py --build BUILD [NAME ...]     a NAME is that of a program, like 05_mnist; none means all
"""
import pathlib
import subprocess
import sys

from environment import environment

FIXED = ["numpy==2.2.6", "safetensors==0.5.3"]
TORCH = "torch==2.15.0"
# A wheel of PyTorch that is made for CUDA needs its libraries to load, on machines without a GPU too. In this order it is
# tried with none of them, with those that no CUDA toolkit has, beside a toolkit, and with all, which is much to fetch.
NEEDS = ["filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec"]
BESIDE_TOOLKIT = ["nvidia-cufile", "nvidia-cusparselt-cu13", "nvidia-nvshmem-cu13", "nvidia-nccl-cu13"]
WAYS = [["--no-deps", TORCH], ["--no-deps", *BESIDE_TOOLKIT], [TORCH]]


def has_torch(venv):
    command = [str(venv / "bin/python"), "-c", "import torch, numpy, safetensors"]
    return subprocess.run(command, env=environment(venv), capture_output=True).returncode == 0


def install(venv):
    if not (venv / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    pip = [str(venv / "bin/python"), "-m", "pip", "install", "-q"]
    for packages in [FIXED + NEEDS, *WAYS]:
        if has_torch(venv):
            return
        print("installing", *packages, file=sys.stderr)
        subprocess.run(pip + packages, check=True)
    if not has_torch(venv):
        sys.exit("PyTorch has been installed but does not load")


def main():
    build = pathlib.Path(sys.argv[sys.argv.index("--build") + 1]).resolve()
    venv = build / "oracle/venv"
    install(venv)
    table = pathlib.Path(__file__).with_name("table.py")
    command = [str(venv / "bin/python"), str(table), *sys.argv[1:]]
    sys.exit(subprocess.run(command, env=environment(venv)).returncode)


main()
