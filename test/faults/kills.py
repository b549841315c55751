"""kill -9 at random moments of a training, which goes on from its checkpoint until it is done: it ends with the bits of one that
was never stopped."""
import random
import re
import signal
import subprocess

import injection
import lab

TRAIN = ["-o", "w", "--history", "h", "--epochs", "30"]
OFTEN = ["--checkpoint-every", "1steps"]


class Training:
    """One training that is killed and goes on until it has finished."""

    def __init__(self, laboratory, program, folder, generator):
        self.lab, self.program, self.folder, self.random = laboratory, program, folder, generator
        self.kills = self.resumed = self.old = 0
        self.last = 0  # the step of the newest checkpoint that was told
        self.wrong = []

    def start(self):
        keep = ["--resume", "c"] if (self.folder / "c").exists() or (self.folder / "c.old").exists() else ["--checkpoint", "c"]
        return self.lab.start(self.program + TRAIN + OFTEN + keep, self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def finish(self, longest, most_kills):
        """Kills at a moment within `longest` seconds each."""
        while True:
            process = self.start()
            try:
                _, said = process.communicate(timeout=self.random.uniform(0, longest) if self.kills < most_kills else 600)
            except subprocess.TimeoutExpired:
                process.kill()
                _, said = process.communicate()
            self.look(process.returncode, said)
            if process.returncode == 0 or self.wrong:
                return
            self.kills += 1

    def look(self, code, said):
        if code not in (0, -signal.SIGKILL):
            self.wrong.append(f"ended with {code}: {said.strip()[-300:]}")
        found = re.search(r"^resumed from (\S+): (?:epoch (\d+) of 30(?:, after (\d+) of its steps)?|training has ended)", said, re.M)
        if not found:
            return
        self.resumed += 1
        self.old += found.group(1) == "c.old"
        step = (int(found.group(2)) * 1000 + int(found.group(3) or 0)) if found.group(2) else 10 ** 9
        if step < self.last:
            self.wrong.append(f"went back from {self.last} to {step}")
        self.last = step


def run(laboratory, short, only=""):
    before = injection.prepare(laboratory)
    need = {name: before[name] for name in ("trainer", "d.csv", "net.dnn")}
    most = 30 if short else 1000
    table = lab.Table((12, 8, 8, 10, 10, 11, 10, 7),
                      ("kill -9 of", "kills", "resumes", "trainings", "took .old", "left behind", "same bits", "wrong"))
    generator = random.Random(1)
    for name, program in (("trainer", ["./trainer", "train"]), ("dnnc", [laboratory.dnnc, "train", "net.dnn"])):
        whole = laboratory.folder("kills whole", need)
        seconds = laboratory.good(program + TRAIN, whole).seconds
        right = lab.files_of(whole)
        kills = resumed = old = trainings = behind = same = 0
        wrong = []
        while kills < most // 2 and len(wrong) < 5:
            folder = laboratory.folder("kills", need)
            training = Training(laboratory, program, folder, generator)
            training.finish(longest=2 * seconds, most_kills=most // 2 - kills)
            after = lab.files_of(folder)
            kills, resumed, old = kills + training.kills, resumed + training.resumed, old + training.old
            trainings += 1
            left = [path for path in after if path.endswith(".part")]
            behind += len(left)
            equal = after.get("w") == right["w"] and lab.epochs_of(after["h"]) == lab.epochs_of(right["h"])
            same += equal
            training.wrong += [] if equal or training.wrong else ["it ends with other weights or another history"]
            training.wrong += [f"left behind: {path}" for path in left]
            wrong += [f"{name}: {line}" for line in training.wrong]
        table.row(name, kills, resumed, trainings, old, behind, same, len(wrong))
        table.wrong(wrong)
    return table.faults
