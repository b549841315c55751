# How lit runs the tests in this folder: see README.md.
import os
import pathlib
import shutil
import subprocess
import sys

import lit.formats

config.name = "dnnc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".dnn", ".dng", ".test"]
config.excludes = ["Inputs", "unit", "tools", "bench", "fuzz", "pytorch"]
config.test_source_root = os.path.join(config.source_folder, "test")
config.test_exec_root = os.path.join(config.build_folder, "test")

tools = os.path.join(config.test_source_root, "tools")
sys.path.insert(0, tools)
import surroundings

build = pathlib.Path(config.build_folder)
surroundings.make_folders(build)
config.environment = surroundings.environment(build)
config.environment["PATH"] = config.llvm_tools + os.pathsep + config.environment["PATH"]
config.substitutions += [
    ("%dnnc", os.path.join(config.build_folder, "bin", "dnnc")),
    ("%examples", os.path.join(config.build_folder, "test", "examples")),
    ("%source", config.source_folder),
    ("%build", config.build_folder),
    ("%ptxas", surroundings.ptxas()),
    ("%cuda_stub", "env LD_LIBRARY_PATH=" + os.path.join(config.build_folder, "test", "cuda_stub")),
    ("%python", sys.executable),
    ("%cxx", config.cxx),
    ("%message", sys.executable + " " + os.path.join(tools, "message.py")),
    ("%in_control_group", sys.executable + " " + os.path.join(tools, "in_control_group.py")),
    ("%exit", sys.executable + " " + os.path.join(tools, "expect_exit.py")),
]

lit_config.maxIndividualTestTime = 600  # seconds: a test that hangs fails
if lit_config.params.get("instrumented") == "1":
    lit_config.maxIndividualTestTime = 3600  # sanitizers and counters of lines take several times as long
else:
    config.available_features.add("whole-address-space")  # sanitizers take more of it than there is memory
if lit_config.params.get("all") == "1":
    lit_config.maxIndividualTestTime = 7200
    config.available_features.add("slow")
if surroundings.is_private(build.resolve() / "test"):
    config.available_features.add("own-folders")
if " avx512f " not in pathlib.Path("/proc/cpuinfo").read_text():
    config.available_features.add("no-avx512")
if subprocess.call([sys.executable, os.path.join(tools, "in_control_group.py"), "100000000"], stderr=subprocess.DEVNULL) == 0:
    config.available_features.add("control-groups")
else:
    lit_config.note("left out is what runs in a control group: none can be made here")
for program in ("valgrind", "chromium"):
    if shutil.which(program):
        config.available_features.add(program)
# CIFAR-10 is not fetched: `dnnc data import cifar10 ARCHIVE` puts it there.
cifar10 = os.path.join(config.environment["DNNC_DATA"], "cifar10")
if any(os.path.exists(os.path.join(cifar10, name)) for name in ("test_batch.bin", "test")):
    config.available_features.add("cifar10")
