# How lit runs the GoogleTest programs: every TEST counts as one test.
import os
import pathlib
import sys

import lit.formats

sys.path.insert(0, os.path.join(config.source_folder, "test", "tools"))
import surroundings

build = pathlib.Path(config.build_folder)
surroundings.make_folders(build)
config.environment = surroundings.environment(build)
config.name = "unit"
config.test_format = lit.formats.GoogleTest(".", "_tests")
config.test_source_root = os.path.join(config.build_folder, "bin")
config.test_exec_root = config.test_source_root
