"""How programs end by signals, and where there is no room: what they come to is whole, nothing lies about, and how long it takes
after a signal is shown (not judged: other programs may be in the way)."""
import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import time

import injection
import lab

# Nets that are long in one phase.
POINTS = """dnn 1
data d {{ source = moons(n: {points}, noise: 0.1); validation = random({part}, seed: 1) }}
net n(x: f32[2]) -> prob {{ x -> dense(64, tanh) -> dense(64, tanh) -> dense(1) }}
train n on d {{ loss = binary_crossentropy; optimizer = sgd(rate: 0.05); batch = 200; epochs = 1000; seed = 1 }}
"""
WIDE = """dnn 1
data d = rows([0, 1] -> 1, [1, 0] -> 0)
net n(x: f32[2]) -> real { x -> dense(WIDTH, relu) -> dense(WIDTH, relu) -> dense(1) }
train n on d { loss = mse; optimizer = sgd(rate: 0.0001); epochs = 1000 }
"""
KEEP = ["-o", "w", "--checkpoint", "c"]


def wait_for_text(text):
    def wait(process, _):
        seen = ""
        while text not in seen:
            line = process.stdout.readline()
            if not line:
                return
            seen += line
    return wait


def wait_for_new_file(process, folder):
    """Until one is open that has no name, or a passing one."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):  # it closes some while we look
            for number in os.listdir(f"/proc/{process.pid}/fd"):
                if re.match(rf"{re.escape(str(folder))}/(#\d+ \(deleted\)|.*\.part)$", os.readlink(f"/proc/{process.pid}/fd/{number}")):
                    return
        time.sleep(0.0005)


def wait_a_while(seconds):
    return lambda process, folder: time.sleep(seconds)


def signalled(laboratory, command, folder, number, wait, cache):
    """Code, milliseconds after the signal, messages."""
    process = laboratory.start(command, folder, cache=cache, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait(process, folder)
    begin = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=600)
    return process.returncode, (time.monotonic() - begin) * 1000, said


def phases(laboratory, short):
    """Name, command, files, what to wait for, whether there is something to save then, cache."""
    width = 1000 if short else 3000
    dnnc = laboratory.dnnc
    many = POINTS.format(points="200_000", part="5%")
    long_validation = POINTS.format(points="400_000", part="99%")
    wide_table = "a,b,t\n" + "1,2,3\n" * (300_000 if short else 2_000_000)
    train = [dnnc, "train", "net.dnn"] + KEEP
    for seconds in (0.1,) if short else (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4):
        yield f"compile, {seconds} s", [dnnc, "compile", "net.dnn", "-o", "w"], {"net.dnn": many}, wait_a_while(seconds), False, "cold"
    yield "load", train, {"net.dnn": lab.SMALL, "d.csv": wide_table}, wait_a_while(0.15), False, "warm"
    yield "epoch", train, {"net.dnn": many}, wait_for_text("epoch 1/"), True, "warm"
    yield "validation", train, {"net.dnn": long_validation}, wait_for_text("epoch 1/"), True, "warm"
    yield "save", [dnnc, "train", "net.dnn", "--epochs", "1", "-o", "w"], {"net.dnn": WIDE.replace("WIDTH", str(width))}, wait_for_new_file, True, "warm"


def run_signals(laboratory, short):
    table = lab.Table((18, 10, 16, 12, 7), ("a signal while it", "signal", "ends with", "after", "wrong"))
    for name, command, files, wait, saves, cache_kind in phases(laboratory, short):
        for number in (signal.SIGINT,) if short else lab.ENDING:
            folder = laboratory.folder("signals", files)
            cache = laboratory.cache
            if cache_kind == "cold":
                cache = laboratory.folder("signals cache", {})
            elif name != "load":
                laboratory.good([laboratory.dnnc, "init", "net.dnn", "-o", "w"], folder)
            code, milliseconds, said = signalled(laboratory, command, folder, number, wait, cache)
            after, kept = lab.files_of(folder), lab.files_of(cache)
            wrong = []
            # Where nothing is to be saved the signal itself ends it; a save that is the last thing to be done may come to its end.
            allowed = (128 + number, -number) if not saves else (128 + number, 0) if name == "save" else (128 + number,)
            if code not in allowed and not (name.startswith("compile") and code == 0):
                wrong.append(f"ended with {code}: {said.strip()[-300:]}")
            if saves and not lab.is_whole(after.get("w", b"")):
                wrong.append("the weights are not whole")
            if "c" in after and not lab.is_whole(after["c"]):
                wrong.append("the checkpoint is not whole")
            wrong += [f"left behind: {path}" for path in [*after, *kept] if path.endswith(".part")]
            wrong = [f"{name}, {signal.Signals(number).name}: {line}" for line in wrong]
            ends = f"{code}" if code >= 0 else f"the signal, {128 - code}"
            table.row(name, signal.Signals(number).name, ends, f"{milliseconds:.0f} ms", len(wrong))
            table.wrong(wrong)
    return table.faults


@contextlib.contextmanager
def small_disk(laboratory, size):
    """A folder that holds so many bytes; None where no such thing can be made."""
    folder = laboratory.folder("small disk", {})
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True).returncode == 0
    try:
        yield folder if made else None
    finally:
        if made:
            subprocess.run(["umount", "-l", folder], check=True)


def judge(laboratory, ended, folder, before, reason, result=("w", "c", "c.old", "h", "trainer")):
    """Where there is no room: 74 and why, and the files as they were or whole."""
    if ended.code != 74 or reason not in ended.err:
        return f"ended with {ended.code}: {ended.err.strip()[-300:]}"
    after = lab.files_of(folder)
    for name, data in after.items():
        good = data == before.get(name) or (name in result and lab.is_whole(data)) or (name == "h" and lab.epochs_of(data) is not None)
        if not good:
            return f"{name} is neither the old file nor a whole new one"
    gone = set(before) - set(after)
    return f"gone: {gone}" if gone else injection.STRANGE.search(ended.err) and f"the message is not for users: {ended.err}" or ""


def commands(laboratory):
    dnnc = laboratory.dnnc
    return {"trainer": ["./trainer", "train", "-o", "w", "--checkpoint", "c", "--checkpoint-every", "1epochs", "--history", "h"],
            "train": [dnnc, "train", "net.dnn", "-o", "w", "--history", "h"],
            "compile": [dnnc, "compile", "net.dnn", "-o", "trainer"]}


def run_limits(laboratory, short):
    before = injection.prepare(laboratory)
    table = lab.Table((42, 12, 7), ("no room:", "ends with", "wrong"))

    def row(name, ended, wrong):
        table.row(name, ended.code, int(bool(wrong)))
        table.wrong([f"{name}: {wrong}"] if wrong else [])

    for name, command in commands(laboratory).items():
        for most in (300, 1000):  # bytes of a file
            folder = laboratory.folder("limits", before)
            limited = ["sh", "-c", f"ulimit -f {max(1, most // 512)}; exec \"$@\"", "sh"] + command
            ended = laboratory.run(limited, folder)
            if ended.code != 0:  # all may fit
                row(f"{name}, ulimit -f {most // 512}", ended, judge(laboratory, ended, folder, before, os.strerror(errno.EFBIG)))
    with small_disk(laboratory, "2m") as folder:
        if not folder:
            table.row("a full disk: left out, as no small one can be mounted", "", "")
            return table.faults + run_shrinking(laboratory, short)
        for name, command in commands(laboratory).items():
            lab.put_files(folder, before)
            fill(folder)
            ended = laboratory.run(command, folder)
            row(f"{name}, its folder is full", ended, judge(laboratory, ended, folder, {**before, "full": (folder / "full").read_bytes()},
                                                            os.strerror(errno.ENOSPC)))
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        fill(folder)
        for name, command in commands(laboratory).items():
            here = laboratory.folder("limits", before)
            variables = {"TMPDIR": str(folder), "DNNC_CACHE": str(folder / "cache")}
            ended = laboratory.run(command, here, variables=variables)
            row(f"{name}, TMPDIR and caches are full", ended, "" if ended.code == 0 else f"ended with {ended.code}: {ended.err[-300:]}")
    return table.faults + run_shrinking(laboratory, short)


def fill(folder):
    with open(folder / "full", "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while file.write(bytes(1 << 12)):
                pass
    assert os.statvfs(folder).f_bavail == 0


def run_shrinking(laboratory, short):
    """A file that is cut while it is read: what was read is used, or refused."""
    table = lab.Table((30, 8, 26, 7), ("cut while it is read:", "runs", "ended with", "wrong"))
    data = "a,b,t\n" + "1,2,3\n" * 200_000
    for name in ("d.csv", "w", "net.dnn"):
        codes, wrong = {}, []
        for turn in range(2 if short else 40):
            folder = laboratory.folder("shrinking", {"net.dnn": lab.SMALL, "d.csv": data})
            laboratory.good([laboratory.dnnc, "init", "net.dnn", "-o", "w"], folder)
            command = [laboratory.dnnc, "evaluate", "net.dnn", "--weights", "w", "--part", "train"]
            process = laboratory.start(command, folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(0.003 * turn)
            with open(folder / name, "r+b") as file:
                file.truncate(len((folder / name).read_bytes()) // 2)
            _, said = process.communicate(timeout=600)
            codes[process.returncode] = codes.get(process.returncode, 0) + 1
            if process.returncode not in (0, 1, 74) or injection.STRANGE.search(said):
                wrong.append(f"{name}: ended with {process.returncode}: {said.strip()[-300:]}")
        table.row(name, sum(codes.values()), codes, len(wrong))
        table.wrong(wrong)
    return table.faults


def run(laboratory, short, only=""):
    return run_signals(laboratory, short) + run_limits(laboratory, short)
