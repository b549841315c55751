# How lit runs the GoogleTest programs: every TEST counts as one test.
import os

import lit.formats

config.name = "unit"
config.test_format = lit.formats.GoogleTest(".", "_tests")
config.test_source_root = os.path.join(config.build_folder, "bin")
config.test_exec_root = config.test_source_root
