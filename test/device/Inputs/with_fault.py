"""Runs a command with a driver of OpenCL that fails: with_fault.py FOLDER FAULT COMMAND... FOLDER has libOpenCL.so.1, made of
failing_driver.cpp, which says what a FAULT is."""
import os
import subprocess
import sys

folder, fault, *command = sys.argv[1:]
libraries = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout.splitlines()
real = next(line.split()[-1] for line in libraries if line.strip().startswith("libOpenCL.so.1 "))
environment = {**os.environ, "LD_LIBRARY_PATH": folder, "REAL": real, "FAULT": fault}
sys.exit(subprocess.run(command, env=environment).returncode)
