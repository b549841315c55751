"""Power cuts: what a program does to files is recorded and done again up to any place. What was not synced by then is lost, or
kept, or cut in the middle: every combination that a file system allows. Whatever is left, the file that is made is the old one
or the whole new one, training goes on from the newest checkpoint that is whole, and its history has every epoch once."""
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import re

import injection
import lab

MOST_NAMES = 6  # changes of names in a folder of which every choice is tried; of more, each may be missing alone


@dataclasses.dataclass
class File:
    data: bytes = b""
    synced: bytes = b""

    def endings(self):
        """What may be left of it."""
        data, synced = self.data, self.synced
        if data == synced:
            return [data]
        begin = len(os.path.commonprefix([data, synced]))
        half = (begin + len(data)) // 2
        zeros = data[:begin] + bytes(len(data) - begin)
        torn = data[:half] + bytes(len(data) - half)
        return list(dict.fromkeys([synced, data, data[:half], zeros, torn]))


class Disk:
    """A folder as it is, and as a power cut may leave it."""

    def __init__(self, folder, files):
        self.folder = str(folder)
        self.files = {name: File(data, data) for name, data in files.items()}  # by name, or by the number of a new file
        self.synced = {name: name for name in files}  # name -> file
        self.names = dict(self.synced)
        self.changes = []  # since the folder was synced: {name: file or None}
        self.numbers = {}  # of files that are there -> file

    def name(self, path):
        path = os.path.normpath(os.path.join(self.folder, path))
        return os.path.relpath(path, self.folder)

    def file(self, number):
        return self.files.get(self.numbers.get(number))

    def change(self, names):
        self.names = apply(self.names, names)
        self.changes.append(names)

    def do(self, word, number, at, one, two):
        """True if it was a change of this folder."""
        if word == "create" or word == "unnamed":
            key = (number, len(self.files))
            self.files[key] = File()
            self.numbers[number] = key
            if word == "create":
                self.change({self.name(one): key})
        elif word in ("write", "cut", "sync") and self.file(number):
            file, data = self.file(number), bytes.fromhex(one) if word == "write" else b""
            if word == "write":
                file.data = file.data[:at].ljust(at, b"\0") + data + file.data[at + len(data):]
            elif word == "cut":
                file.data = file.data[:at].ljust(at, b"\0")
            else:
                file.synced = file.data
        elif word == "sync" and os.path.normpath(one) == self.folder:
            self.synced, self.changes = dict(self.names), []
        elif word == "rename":
            self.change({self.name(one): None, self.name(two): self.names[self.name(one)]})
        elif word == "link":
            self.change({self.name(two): self.numbers[int(one[1:])] if one.startswith("#") else self.names[self.name(one)]})
        elif word == "unlink" and self.name(one) in self.names:
            self.change({self.name(one): None})
        else:
            return False
        return True

    def endings(self):
        """The folders that may be left: name -> bytes."""
        changes = self.changes
        if len(changes) <= MOST_NAMES:
            chosen = itertools.product((False, True), repeat=len(changes))
        else:
            kept = [[k < n for k in range(len(changes))] for n in range(len(changes) + 1)]
            alone = [[k != n for k in range(len(changes))] for n in range(len(changes))]
            chosen = kept + alone
        for choice in chosen:
            names = self.synced
            for change, happened in zip(changes, choice):
                names = apply(names, change) if happened else names
            unsure = [file for file in dict.fromkeys(names.values()) if self.files[file].data != self.files[file].synced]
            for data in itertools.product(*(self.files[file].endings() for file in unsure)):
                left = dict(zip(unsure, data))
                yield {name: left.get(file, self.files[file].data) for name, file in names.items()}


def apply(names, change):
    names = {**names, **{name: file for name, file in change.items() if file is not None}}
    return {name: file for name, file in names.items() if change.get(name, file) is not None}


def lines_of(log):
    for line in pathlib.Path(log).read_text(errors="surrogateescape").splitlines():
        word, number, at, one, two = line.split("\t")
        yield word, int(number), int(at), one, two


@dataclasses.dataclass
class Ending:
    """A folder that a power cut may leave, and what must be there."""
    files: dict
    results: list  # of what is made, any of these; None: it is not there
    certain: int  # the checkpoint that must be there or a later one, by its number; 0: none


class Recorded:
    """A command with the files before it and all that a power cut may leave of them."""

    def __init__(self, laboratory, name, command, files, result):
        folder = laboratory.folder(f"power {name}", files)
        log = laboratory.top / "power.log"
        log.unlink(missing_ok=True)
        self.disk = Disk(folder, files)
        self.disk.numbers = {os.stat(folder / path).st_ino: path for path in files}
        self.result, self.results = result, [files.get(result)]
        self.checkpoints = [files[path] for path in ("c.old", "c") if lab.is_whole(files.get(path, b""))]
        self.found = {}
        laboratory.good(command, folder, variables={"LD_PRELOAD": str(laboratory.library), "RECORD_LOG": str(log)})
        self.replay(lines_of(log))

    def replay(self, lines):
        disk, certain = self.disk, len(self.checkpoints)
        for word, number, at, one, two in lines:
            if not disk.do(word, number, at, one, two) and word != "said":
                continue
            named = word in ("rename", "link")
            if named and disk.name(two) == self.result:
                self.results.append(disk.files[disk.names[self.result]].data)
            if named and disk.name(two) == "c":
                self.checkpoints.append(disk.files[disk.names["c"]].data)
            if not disk.changes:
                certain = len(self.checkpoints)
                if word == "said":
                    self.results = self.results[-1:]  # from here on it is known to be saved
            self.add_endings(certain)

    def add_endings(self, certain):
        for files in self.disk.endings():
            files = {name: data for name, data in files.items() if not name.endswith(".part")}
            known = self.found.setdefault(tuple(sorted(files.items())), Ending(files, list(self.results), certain))
            known.certain = max(known.certain, certain)
            known.results = [each for each in known.results if each in self.results]

    def endings(self):
        return list(self.found.values())


TRAIN = ["./trainer", "train", "-o", "w", "--history", "h"]
FRESH = TRAIN + ["--checkpoint", "c", "--checkpoint-every", "1epochs"]
GO_ON = TRAIN + ["--epochs", "6", "--resume", "c", "--checkpoint-every", "1epochs"]


def judge_training(laboratory, recorded, right, ending, place):
    """What is wrong with what is left and what becomes of it; empty if nothing is."""
    if ending.files.get("w") not in ending.results:
        return "the weights are neither the old nor the new ones, or older than was said"
    folder = laboratory.folder(place, ending.files)
    resumes = "c" in ending.files or "c.old" in ending.files
    if ending.certain and not resumes:
        return "the checkpoint is lost"
    ended = laboratory.run(GO_ON if resumes else FRESH, folder)
    if ended.code != 0:
        return f"it does not go on: {ended.code}: {ended.err.strip()[-300:]}"
    taken = re.search(r"^resumed from (\S+): ", ended.err, re.M)
    if resumes:
        contents = ending.files[taken.group(1)]
        if contents not in recorded.checkpoints:
            return f"a torn checkpoint was taken: {taken.group(0)}"
        if recorded.checkpoints.index(contents) + 1 < ending.certain:
            return f"an older checkpoint than the one that was written was taken: {ended.err.strip()[-300:]}"
    after = lab.files_of(folder)
    if after["w"] != right["w"]:
        return "it ends with other weights"
    if lab.epochs_of(after["h"]) != lab.epochs_of(right["h"]):
        epochs = lab.epochs_of(after["h"])
        return f"its history has the epochs {[line.get('epoch') for line in epochs]}" if epochs else "its history is torn"
    return ""


def judge_result(_, recorded, right, ending, place):
    return "" if ending.files.get(recorded.result) in ending.results else "it is neither the old nor the new file"


def situations(laboratory, before):
    """Name, command, files before it, what is made, how it is judged."""
    need = {name: before[name] for name in ("trainer", "d.csv", "net.dnn")}
    old = {"w": before["w"], "h": before["h"]}
    half = laboratory.folder("power half", need)
    laboratory.good(FRESH + ["--epochs", "3"], half)
    begun = lab.files_of(half)
    torn = {**begun, "c": begun["c"][:len(begun["c"]) // 2]}
    compiling = [laboratory.dnnc, "compile", "net.dnn", "-o", "trainer"]
    yield "train", FRESH, need, "w", judge_training
    yield "train over old files", FRESH, {**need, **old}, "w", judge_training
    yield "resume", GO_ON, begun, "w", judge_training
    yield "resume, damaged", GO_ON, torn, "w", judge_training
    yield "compile", compiling, {**need, "trainer": before["trainer"] + b"older"}, "trainer", judge_result


def run(laboratory, short, only=""):
    before = injection.prepare(laboratory)
    table = lab.Table((24, 10, 10, 7), ("power cut in", "left over", "right", "wrong"))
    whole = laboratory.folder("power whole", before)
    for name in ("c", "c.old", "h", "w"):
        (whole / name).unlink()
    laboratory.good(FRESH, whole)
    right = lab.files_of(whole)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, command, files, result, judge in situations(laboratory, before):
            recorded = Recorded(laboratory, name, command, files, result)
            endings = recorded.endings()
            tried = endings[::max(1, len(endings) // 25)] if short else endings
            said = list(pool.map(lambda item: judge(laboratory, recorded, right, item[1], f"power {item[0]}"), enumerate(tried)))
            wrong = [f"{name}, {sorted(each.files)}: {what}" for each, what in zip(tried, said) if what]
            table.row(name, len(tried), len(tried) - len(wrong), len(wrong))
            table.wrong(wrong)
    return table.faults
