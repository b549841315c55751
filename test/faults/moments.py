"""kill -9 just before each call that changes files. Every file is the old one or a whole new one, no history has lost a line
of another run, and nothing lies about; where files have names while they are written, as on older systems, they are gone after
the next call of the command. That comes to what it would have come to."""
import concurrent.futures
import dataclasses
import json
import os
import signal

import injection
import lab

GROUPS = ("write", "fsync", "rename", "link", "unlink", "ftruncate")
SYSTEMS = {"without a name": {}, "with a name": {"NO_UNNAMED": "1"}}
# The history has lines of the second run behind those of the first that are trained again.
SEVERAL = """dnn 1
data d = rows([0, 1] -> 1, [1, 0] -> 0, [1, 1] -> 1)
net n(x: f32[2]) -> real { x -> dense(2, tanh) -> dense(1) }
train n on d as a { loss = mse; optimizer = adam(rate: 0.01); batch = 2; epochs = 4; seed = 1 }
train n on d as b like a { seed = 2 }
"""
RUN_SEVERAL = ["run", "several.dnn", "--history", "h", "-o", "w", "--checkpoint-every", "1epochs"]


def prepare_several(laboratory):
    folder = laboratory.folder("several", {"several.dnn": SEVERAL})
    laboratory.good([laboratory.dnnc] + RUN_SEVERAL + ["--checkpoint", "c"], folder)
    before = lab.files_of(folder)
    earlier = laboratory.folder("several", {"several.dnn": SEVERAL})
    laboratory.good([laboratory.dnnc] + RUN_SEVERAL + ["--run", "a", "--checkpoint", "c", "--epochs", "2"], earlier)
    return {**before, "c.a": lab.files_of(earlier)["c"]}


def scenarios(laboratory):
    """Each with the files before it. Others write nothing."""
    before = injection.prepare(laboratory)
    for scenario in injection.scenarios():
        if scenario.weights or scenario.bytes:
            yield scenario, before
    several = injection.Scenario("several resume", ["DNNC"] + RUN_SEVERAL + ["--resume", "c", "--epochs", "5"],
                                 weights=("w.a", "w.b", "c.a", "c.b"), history="h")
    yield several, prepare_several(laboratory)


@dataclasses.dataclass
class Moment(injection.Fault):
    system: str = ""

    def variables(self, library, log):
        return {**super().variables(library, log), **SYSTEMS[self.system]}


def lines_by_run(history):
    lines = {}
    for line in lab.epochs_of(history) or []:
        lines.setdefault(line["run"], []).append(json.dumps(line, sort_keys=True))
    return lines


class Moments(injection.Bench):
    def judge_killed(self, moment, ended, after, parts, hit):
        if ended.code != -signal.SIGKILL:
            return f"ended with {ended.code}: {ended.err.strip()[-300:]}"
        if lost := set(self.before) - set(after):
            return f"gone: {', '.join(sorted(lost))}"
        for name, contents in after.items():
            good = contents in (self.before.get(name), self.after.get(name))
            good = good or (name in self.scenario.weights or name.endswith(".old")) and lab.is_whole(contents)
            if name == self.scenario.history:
                good = good or lab.epochs_of(contents) is not None
            if not good and not name.endswith(".part"):
                return f"{name} is neither the old file nor a whole new one"
        # The moment between two names of a file is the only one in which it has the passing one.
        if moment.system == "without a name" and not hit[0].startswith("rename") and (left := parts_of(after, parts)):
            return f"left behind: {', '.join(left)}"
        return self.judge_lines(after)

    def judge_lines(self, after):
        """A run that begins anew begins its history anew. A resumed one cuts its own lines alone."""
        name = self.scenario.history
        if not name or "resume" not in self.scenario.name:
            return ""
        left, right = lines_by_run(after[name]), lines_by_run(self.after[name])
        for run, lines in lines_by_run(self.before[name]).items():
            trained_again = len([line for line in lines if line not in left.get(run, [])])
            if left.get(run, []) != right[run][:len(left.get(run, []))] or (trained_again and run != "a" and "a" in right):
                return f"the history has lost lines of the run {run}"
        return ""

    def judge_again(self, folder, cache, moment):
        name = self.scenario.bytes[0] if self.scenario.bytes else ""
        if name not in self.before and (folder / name).exists():
            return ""  # `dnnc new` does nothing over its own file
        variables = {"TMPDIR": str(cache), **SYSTEMS[moment.system]}
        ended = self.lab.run(self.command, folder, {"LD_PRELOAD": str(self.lab.library), **variables}, cache)
        after = lab.files_of(folder)
        parts = [str(path) for path in cache.rglob("*.part")]
        if ended.code != 0:
            return f"it does not go on: {ended.code}: {ended.err.strip()[-300:]}"
        if left := parts_of(after, parts):
            return f"still left behind: {', '.join(left)}"
        history = self.scenario.history
        if history and lines_by_run(after[history]) != lines_by_run(self.after[history]):
            return "the history is another than without the kill"
        wrong = [name for name in self.scenario.weights + self.scenario.bytes if not name.endswith(".old") and after.get(name) != self.after[name]]
        return f"{', '.join(wrong)}: another than without the kill" if wrong else ""


def parts_of(after, parts):
    return sorted([name for name in after if name.endswith(".part")] + parts)


def try_group(bench, group, system, numbers):
    """Kills before one call after the other: how often, how often something lay about, and what was wrong."""
    kills, left, wrong = 0, 0, []
    for number in numbers:
        moment = Moment(group, "killed", number, number, system)
        ended, after, parts, hit = bench.run(moment.variables(bench.lab.library, "log"))
        if not hit:
            break
        kills += 1
        left += bool(parts_of(after, parts))
        place = bench.place()
        fault = bench.judge_killed(moment, ended, after, parts, hit)
        fault = fault or bench.judge_again(bench.lab.top / place, bench.lab.top / f"{place}.cache", moment)
        if fault:
            wrong.append(f"{bench.scenario.name}, {moment} ({hit[0]}), files {system}: {fault}")
    return kills, left, wrong


def run(laboratory, short, only=""):
    table = lab.Table((20, 16, 44, 7, 12, 7), ("kill -9 in", "files are made", "before each", "kills", "left by it", "wrong"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for scenario, before in scenarios(laboratory):
            if only and only not in scenario.name or short and scenario.cache == "cold":
                continue
            bench = Moments(laboratory, scenario, before)
            for system in SYSTEMS:
                most = 3 if scenario.command[-1] != "5" else 6
                numbers = range(1, 1 + most) if short else range(1, injection.FOREVER)
                results = list(pool.map(lambda group: try_group(bench, group, system, numbers), GROUPS))
                wrong = [line for _, _, lines in results for line in lines]
                kills, left = (sum(result[i] for result in results) for i in range(2))
                table.row(scenario.name, system, " ".join(GROUPS), kills, left, len(wrong))
                table.wrong(wrong)
    return table.faults
