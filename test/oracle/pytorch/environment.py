"""Where an environment with PyTorch finds its libraries."""
import os
import pathlib


def environment(venv):
    toolkit = pathlib.Path(os.environ.get("CUDA_HOME", "/usr/local/cuda"))
    folders = sorted(venv.glob("lib/python*/site-packages/nvidia/*/lib"))
    folders += [toolkit / "lib64", toolkit / "extras/CUPTI/lib64"]
    known = os.environ.get("LD_LIBRARY_PATH", "")
    return os.environ | {"LD_LIBRARY_PATH": ":".join([*map(str, folders), *filter(None, [known])])}
