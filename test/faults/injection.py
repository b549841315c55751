"""Every k-th call fails: each run ends with a right result and 0, or with a message that names file and reason and 74; files
are the old ones or whole new ones, and nothing else lies about."""
import concurrent.futures
import dataclasses
import errno
import itertools
import os
import re
import shutil
import threading

import lab

E = errno
# What may happen to calls of a group.
KINDS = {
    "write": (E.ENOSPC, E.EIO, E.EINTR, "short", "torn"),
    "read": (E.EIO, E.EINTR, "short"),
    "open": (E.EMFILE, E.EIO, E.ENOMEM, E.ENOSPC, E.EINTR),
    "unnamed": (E.EMFILE, E.ENOMEM),  # files in memory, pipes
    "fsync": (E.EIO, E.ENOSPC, E.EINTR),
    "rename": (E.EIO, E.ENOSPC),
    "link": (E.EIO, E.ENOSPC, E.EPERM),
    "unlink": (E.EIO,),
    "ftruncate": (E.EIO, E.ENOSPC, E.EINTR),
    "close": (E.EIO, E.ENOSPC, E.EINTR),
    "stat": (E.EIO, E.ENOMEM),
    "readdir": (E.EIO, E.EMFILE),
    "mkdir": (E.ENOSPC, E.EIO),
    "fchmod": (E.EIO,),
    "mmap": (E.ENOMEM,),
    "thread": (E.EAGAIN,),
}
# Whoever waits and calls again, or asks for the rest, loses nothing.
HARMLESS = (E.EINTR, "short")
FOREVER = 1 << 40
# What no user understands.
STRANGE = re.compile(r"bug of|terminate|LLVM|lld|std::|basic_|what\(\)|Halide|halide|core dumped|filesystem error")


@dataclasses.dataclass
class Scenario:
    name: str
    command: list
    weights: tuple = ()  # files that hold tensors
    bytes: tuple = ()  # files whose bytes are known
    history: str = ""
    output: bool = False  # what it prints is known
    cache: str = "warm"  # or "cold"


def scenarios():
    dnnc, trainer = ["DNNC"], ["./trainer"]
    train = ["train", "-o", "w", "--history", "h"]
    keep = ["--checkpoint", "c", "--checkpoint-every", "2epochs"]
    go_on = ["train", "--resume", "c", "--epochs", "6", "-o", "w", "--history", "h"]
    ask = ["predict", "--weights", "w", "--input", "x.csv", "--json"]

    def program(words):
        return dnnc + [words[0], "net.dnn"] + words[1:]

    learned = {"weights": ("w", "c", "c.old"), "history": "h"}
    return [
        Scenario("trainer train", trainer + train + keep, **learned),
        Scenario("trainer resume", trainer + go_on, **learned),
        Scenario("trainer predict", trainer + ask, output=True),
        Scenario("dnnc train", program(train + keep), **learned),
        Scenario("dnnc resume", program(go_on), **learned),
        Scenario("dnnc predict", program(ask), output=True),
        Scenario("dnnc init", program(["init", "-o", "w"]), weights=("w",)),
        Scenario("dnnc run, cold", dnnc + ["run", "small.dnn", "--epochs", "2", "-o", "w"], weights=("w",), cache="cold"),
        Scenario("dnnc compile", program(["compile", "-o", "trainer"]), bytes=("trainer",)),
        Scenario("dnnc compile, cold", dnnc + ["compile", "small.dnn", "-o", "trainer"], bytes=("trainer",), cache="cold"),
        Scenario("dnnc check", program(["check", "--emit=model"]), output=True),
        Scenario("dnnc new", dnnc + ["new", "first"], bytes=("first.dnn",), output=True),
        Scenario("pictures", dnnc + ["train", "pictures.dnn", "-o", "w"], weights=("w",)),
    ]


@dataclasses.dataclass
class Fault:
    group: str
    kind: object
    first: int
    last: int

    def __str__(self):
        kind = errno.errorcode[self.kind] if isinstance(self.kind, int) else self.kind
        more = "" if self.last == self.first else " and all later"
        return f"{self.group} {self.first}{more}: {kind}"

    def variables(self, library, log):
        return {"LD_PRELOAD": str(library), "FAULT_LOG": str(log), "FAULT_CALLS": self.group, "FAULT_KIND": str(self.kind),
                "FAULT_FIRST": str(self.first), "FAULT_LAST": str(self.last)}


class Bench:
    """One scenario with its files before, and what it comes to without a fault."""

    def __init__(self, laboratory, scenario, before):
        self.lab, self.scenario, self.before = laboratory, scenario, before
        self.command = [self.lab.dnnc if word == "DNNC" else word for word in scenario.command]
        self.workers = threading.local()
        self.count = itertools.count()
        self.ended, self.after, _, _ = self.run({})
        assert self.ended.code == 0, f"{scenario.name}: {self.ended.code}\n{self.ended.out}{self.ended.err}"

    def place(self):
        if not hasattr(self.workers, "number"):
            self.workers.number = next(self.count)
        return f"{self.scenario.name.replace(' ', '_')}.{self.workers.number}"

    def run(self, variables):
        """How it ended, the files, what lies about, and which calls failed."""
        folder = self.lab.folder(self.place(), self.before)
        cache = self.lab.folder(self.place() + ".cache", {})
        if self.scenario.cache == "warm":
            shutil.copytree(self.lab.cache, cache, dirs_exist_ok=True)
        log = self.lab.top / (self.place() + ".log")
        log.unlink(missing_ok=True)
        own = {**variables, "FAULT_LOG": str(log), "TMPDIR": str(cache)}
        ended = self.lab.run(self.command, folder, own, cache)
        hit = log.read_text(errors="replace").splitlines() if log.exists() else []
        kept = (".kernel", ".program", ".rows")
        parts = [str(path) for path in cache.rglob("*") if path.is_file() and path.suffix not in kept]
        return ended, lab.files_of(folder), parts, hit

    def judge(self, fault, ended, after, parts, hit):
        """What is wrong, in words; empty if nothing is."""
        if ended.code not in (0, 74):
            return f"ended with {ended.code}: {ended.err.strip()[-300:]}"
        lost = set(self.before) - set(after)
        if lost:
            return f"gone: {', '.join(sorted(lost))}"
        strange = sorted(set(after) - set(self.before) - set(self.after)) + parts
        # Weights whose file could not be replaced lie beside it, and the message says so.
        strange = [name for name in strange if not (name.endswith(".kept") and ended.code == 74 and name in ended.err
                                                    and lab.is_whole(after[name]))]
        # What cannot be removed stays.
        if strange and not any(line.startswith("unlink") for line in hit):
            return f"left behind: {', '.join(strange)}"
        said_nothing = any(line.startswith(("write 1 ", "write 2 ")) for line in hit)
        if ended.code == 0:
            if said_nothing and fault.kind not in HARMLESS:
                return "output was lost without a word"
            return self.judge_result(ended, after)
        if fault.kind in HARMLESS:
            return f"a call that was to be made again ended it: {ended.err.strip()[-300:]}"
        return self.judge_files(after) or ("" if said_nothing else self.judge_message(fault, ended, hit))

    def judge_result(self, ended, after):
        for name in self.scenario.weights + self.scenario.bytes:
            # A checkpoint that cannot be read is left for the one before it, and others are written from there on.
            right = lab.is_whole(after[name]) if name.endswith(".old") else after.get(name) == self.after.get(name)
            if not right:
                return f"{name} is another than without the fault"
        history = self.scenario.history
        if history and lab.epochs_of(after[history]) != lab.epochs_of(self.after[history]):
            return "the history is another than without the fault"
        if self.scenario.output and ended.out != self.ended.out:
            return f"it printed something else: {ended.out[:200]}"
        return ""

    def judge_files(self, after):
        for name, contents in after.items():
            if name.endswith(".kept"):
                continue  # judge() has looked at it
            known = contents in (self.before.get(name), self.after.get(name))
            if name in self.scenario.weights:
                known = known or lab.is_whole(contents)  # weights of an earlier epoch
            if name == self.scenario.history:
                epochs, all_epochs = lab.epochs_of(contents), lab.epochs_of(self.after[name])
                known = known or (epochs is not None and epochs == all_epochs[:len(epochs)])
            if not known:
                return f"{name} is neither the old file nor a whole new one"
        return ""

    def judge_message(self, fault, ended, hit):
        number = errno.ENOSPC if fault.kind == "torn" else fault.kind
        reasons = [os.strerror(number)] + (["not enough memory"] if number == errno.ENOMEM else [])
        if not any(reason in ended.err for reason in reasons):
            return f"the message does not say {reasons[0]}: {ended.err.strip()[-300:]}"
        if STRANGE.search(ended.err):
            return f"the message is not for users: {ended.err.strip()[-300:]}"
        names = [name_of(line.split(" ", 2)[2], self.lab.top) for line in hit]
        if all(names) and not any(name in ended.err for name in names):
            return f"the message does not name {names[0]}: {ended.err.strip()[-300:]}"
        return ""


def name_of(path, top):
    """The file of the user that a path means; empty where it is none."""
    if path.startswith(f"{top}/"):
        within = path.removeprefix(f"{top}/").split("/", 1)
        path = within[1] if len(within) > 1 and not within[0].endswith(".cache") else ""
    if path in ("", ".", "memory", "pipe") or path.startswith(("pipe:", "/")) or "/lib/" in path:
        return ""
    if re.fullmatch(r".*/?#\d+ \(deleted\)", path):
        return ""  # one that has no name
    name = re.sub(r"^\.(.*?)\.\d+\.\d+\.part$", r"\1", os.path.basename(path))
    return name.removesuffix(".part").removesuffix(".old")


def try_kind(bench, group, kind, numbers):
    """Lets the calls fail one after the other, each alone and with all that follow, until none is left; in all, how many runs
    ended with 0 and with 74, and what was wrong."""
    counts, wrong = {0: 0, 74: 0}, []
    for number in numbers:
        hit = []
        for last in (number, FOREVER) if kind not in HARMLESS + ("torn",) else (number,):
            fault = Fault(group, kind, number, last)
            ended, after, parts, hit = bench.run(fault.variables(bench.lab.library, "log"))
            if not hit and ended.code == 0:
                break
            fine = bench.judge(fault, ended, after, parts, hit)
            counts[ended.code] = counts.get(ended.code, 0) + 1
            if fine:
                wrong.append(f"{bench.scenario.name}, {fault}{' (' + hit[0] + ')' if hit else ''}: {fine}")
        if not hit:
            break
    return counts, wrong


def prepare(laboratory):
    """The files that lie there before: weights, checkpoints, a history and a trainer, all older than what will be made."""
    folder = laboratory.folder("before")
    dnnc = laboratory.dnnc
    laboratory.good([dnnc, "compile", "net.dnn", "-o", "trainer"], folder)
    laboratory.good(["./trainer", "train", "--epochs", "2", "--checkpoint", "c", "--checkpoint-every", "1epochs", "-o", "w",
                     "--history", "h"], folder)
    for command in (["run", "net.dnn"], ["train", "net.dnn", "--epochs", "1"], ["train", "pictures.dnn"]):
        laboratory.good([dnnc] + command, folder)
    return lab.files_of(folder)


def chosen(scenario, turn, short):
    """What is tried of a scenario: group, kinds, numbers. A sample has one kind of each group, and little of what takes long."""
    for place, (group, kinds) in enumerate(KINDS.items()):
        if not short:
            yield group, kinds, range(1, FOREVER)
        elif scenario.cache == "warm":
            yield group, (kinds[turn % len(kinds)],), (1 + (turn + place) % 6,)
        elif group in ("write", "mmap") and scenario.name.startswith("dnnc run"):
            yield group, (kinds[turn % len(kinds)],), (7,)


def run(laboratory, short, only=""):
    """The table; returns what was wrong."""
    before = prepare(laboratory)
    table = lab.Table((20, 10, 30, 7, 7, 7, 7),
                      ("every k-th call of", "fails:", "with", "runs", "right", "74", "wrong"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for turn, scenario in enumerate(scenarios()):
            if only and only not in scenario.name:
                continue
            jobs = [(group, kind, numbers) for group, kinds, numbers in chosen(scenario, turn, short) for kind in kinds]
            if not jobs:
                continue
            bench = Bench(laboratory, scenario, before)
            results = list(pool.map(lambda job: try_kind(bench, *job), jobs))
            for group in KINDS:
                mine = [(job[1], counts, wrong) for job, (counts, wrong) in zip(jobs, results) if job[0] == group]
                total = {code: sum(counts.get(code, 0) for _, counts, _ in mine) for _, all_counts, _ in mine for code in all_counts}
                wrong = [line for _, _, lines in mine for line in lines]
                words = " ".join(errno.errorcode[kind] if isinstance(kind, int) else kind for kind, _, _ in mine)
                if sum(total.values()):
                    table.row(scenario.name, group, words, sum(total.values()), total.get(0, 0), total.get(74, 0), len(wrong))
                    table.wrong(wrong)
    return table.faults
