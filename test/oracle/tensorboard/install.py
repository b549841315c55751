"""Runs read.py with a Python that has the package `tensorboard`, which is installed into the build folder first.

usage: install.py BUILD FOLDER HISTORY
"""
import pathlib
import subprocess
import sys

PACKAGES = ["tensorboard==2.21.0", "setuptools==65.5.0"]


def main():
    venv = pathlib.Path(sys.argv[1]).resolve() / "oracle/tensorboard"
    python = str(venv / "bin/python")
    if not pathlib.Path(python).exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    if subprocess.run([python, "-c", "import tensorboard.backend.event_processing"], capture_output=True).returncode:
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
    sys.exit(subprocess.run([python, str(pathlib.Path(__file__).with_name("read.py")), *sys.argv[2:]]).returncode)


main()
