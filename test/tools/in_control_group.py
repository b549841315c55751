"""usage: in_control_group.py BYTES COMMAND...    runs a command in a control group of its own that may have so much memory.

Ends with its exit code. Without a command it says whether such a group can be made here: that takes the rights of the system's
user, and a folder /sys/fs/cgroup to which he may write.
"""
import os
import pathlib
import subprocess
import sys

CONTROL_GROUPS = pathlib.Path("/sys/fs/cgroup")


def make_group(most):
    """A group of the second version, else of the first. OSError where there is none of memory."""
    second = (CONTROL_GROUPS / "cgroup.controllers").exists()
    group = (CONTROL_GROUPS if second else CONTROL_GROUPS / "memory") / f"dnnc-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / ("memory.max" if second else "memory.limit_in_bytes")).write_text(str(most))
    except OSError:
        group.rmdir()
        raise
    return group


def main(most, command):
    try:
        group = make_group(most)
    except OSError as error:
        print(f"no control group can be made here: {error}", file=sys.stderr)
        return 77
    try:
        return subprocess.call(command or ["true"], preexec_fn=lambda: (group / "cgroup.procs").write_text(str(os.getpid())))
    finally:
        group.rmdir()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
