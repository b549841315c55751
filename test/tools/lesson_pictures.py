"""Makes the pictures of the lessons and the page that shows them, examples/README.md. What there is to be drawn stands in the heads of
the lessons alone: the page has their text, and the commands in them are run, `plot` and what trains for it.

usage: lesson_pictures.py DNNC LESSONS                    makes them
       lesson_pictures.py DNNC LESSONS --check [NUMBER..] makes them elsewhere and compares: those of trainings of these lessons alone"""
import argparse
import dataclasses
import filecmp
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

COMMAND = re.compile(r"(?:\./dev run|build/bin/dnnc) .*")
# What nobody's machine changes: code for one kind of processor adds in one order.
TARGET = ["--target", "avx2"]
NO_DATA = 74  # files, among them sets that nobody may hand on
# CIFAR-10 is there as its archive or as folders of pictures, whose orders differ.
OF_TWO_FORMS = re.compile(r"source = cifar\(")


@dataclasses.dataclass
class Command:
    words: list  # of dnnc
    title: str

    def output(self):
        """The file or folder that the command makes for others."""
        return [after for word, after in zip(self.words, self.words[1:]) if word in ("-o", "--record")]

    def draws(self):
        return self.words[0] == "plot"

    def reads(self, made):
        return any(word == name or word.startswith(name + "/") for word in self.words[1:] for name in made)


@dataclasses.dataclass
class Lesson:
    file: pathlib.Path
    title: str
    paragraphs: list  # of the head: lists of lines
    commands: list

    def number(self):
        return self.file.name[:2]

    def drawings(self):
        return [command for command in self.commands if command.draws()]

    def trainings(self):
        """What must run before others can draw."""
        return [command for command in self.commands
                if command.words[0] in ("run", "train") and any(drawing.reads(command.output()) for drawing in self.drawings())]

    def is_of_training(self, drawing):
        return any(drawing.reads(training.output()) for training in self.trainings())


def read_lesson(file):
    head = []
    for line in file.read_text().splitlines()[1:]:
        if not line.startswith("#"):
            break
        head.append(line[1:].removeprefix(" ").rstrip())
    paragraphs = [text.split("\n") for text in "\n".join(head).split("\n\n")]
    commands = []
    for paragraph in paragraphs:
        label, title = [], ""
        for line in paragraph:
            found = COMMAND.search(line)
            label.append(line[:found.start()].strip() if found else line.strip())
            if not found:
                continue
            title = " ".join(filter(None, label)).rstrip(":") or title  # that of the command before, which goes on
            words = shlex.split(found[0].replace("./dev run", "run").removeprefix("build/bin/dnnc "))
            commands.append(Command(words, title))
            label = []
    title = re.match(r"Lesson \d+: (.*?)\.(?= |$)", " ".join(paragraphs[0]))
    if not title:
        raise SystemExit(f"{file}: its head does not begin with `Lesson N: what it is about.`")
    paragraphs[0] = [" ".join(paragraphs[0])[title.end():].strip()]
    return Lesson(file, title[0].rstrip("."), [p for p in paragraphs if p != [""]], commands)


def page(lessons):
    lines = ["# The lessons", "Read and run them in order. `./dev pictures` makes this page and its pictures of what their heads say; commands are for the",
             "folder above this one.", ""]
    lines += [f"{number}. [{lesson.title.partition(': ')[2]}](#{anchor(lesson.title)})" for number, lesson in enumerate(lessons, 1)]
    for lesson in lessons:
        lines += ["", f"## {lesson.title}", f"[{lesson.file.name}]({lesson.file.name})"]
        for paragraph in lesson.paragraphs:
            with_commands = any(COMMAND.search(line) for line in paragraph)
            lines += ["", *(["```", *paragraph, "```"] if with_commands else paragraph)]
        for drawing in lesson.drawings():
            title, name = drawing.title.removeprefix("Draw "), drawing.output()[0]
            lines += ["", f"{title[0].upper()}{title[1:]}:", "", f'<img src="pictures/{name}" alt="{title}" width="600">']
    return "\n".join(lines) + "\n"


def anchor(title):
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


class Maker:
    """Runs commands in a folder where things lie as the heads say."""

    def __init__(self, dnnc, lessons, folder):
        self.dnnc, self.folder = dnnc, folder
        (folder / "examples").symlink_to(lessons)

    def run(self, words):
        name = words[:2] if words[0] == "plot" else words[:1]
        told = subprocess.run([self.dnnc, "help", *name], capture_output=True, text=True)
        target = TARGET if "--target" in told.stdout else []
        return subprocess.run([self.dnnc, *words, *target], cwd=self.folder, capture_output=True, text=True)

    def make(self, lesson, train):
        """The pictures that could be made; the others are named."""
        missing = []
        for command in lesson.commands:
            draws = command.draws()
            of_training = draws and lesson.is_of_training(command)
            if not draws and command not in lesson.trainings() or not train and (of_training or not draws):
                continue
            if of_training and missing:
                missing.append(command)
                continue
            done = self.run(command.words)
            if done.returncode == NO_DATA:
                missing.append(command)
                print(f"{lesson.title}: left as it was: {' '.join(command.output())}: {done.stderr.strip()}", file=sys.stderr)
            elif done.returncode:
                raise SystemExit(f"{lesson.file}: {shlex.join(command.words)} ends with {done.returncode}:\n{done.stdout}{done.stderr}")
        return [command.output()[0] for command in lesson.drawings() if (self.folder / command.output()[0]).exists()]


def kind_of(picture):
    """What is the same of each training: what the picture shows."""
    if picture.suffix == ".svg":
        return re.findall(r"<title>.*?</title>", picture.read_text(), re.S)
    return picture.read_bytes()[:8]


def faults_of(lessons, made, folder):
    """What of the committed pictures and page is not what the heads say. `made`: of each lesson, which pictures there are to compare."""
    readme = folder / "README.md"
    if not readme.exists() or readme.read_text() != page(lessons):
        yield f"{readme}: not what the heads of the lessons say"
    named = [drawing.output()[0] for lesson in lessons for drawing in lesson.drawings()]
    kept = sorted(file.name for file in (folder / "pictures").iterdir())
    yield from (f"pictures/{name}: of no lesson" for name in kept if name not in named)
    yield from (f"pictures/{name}: is missing" for name in named if name not in kept)
    for lesson in lessons:
        for drawing in lesson.drawings():
            name = drawing.output()[0]
            if name not in made or name not in kept:
                continue
            exact = not lesson.is_of_training(drawing) and not OF_TWO_FORMS.search(lesson.file.read_text())
            new, old = made[name], folder / "pictures" / name
            if not (filecmp.cmp(new, old, shallow=False) if exact else kind_of(new) == kind_of(old)):
                yield f"pictures/{name}: not what its command makes"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("dnnc", type=pathlib.Path)
    arguments.add_argument("lessons", type=pathlib.Path)
    arguments.add_argument("--check", nargs="*")
    given = arguments.parse_args()
    folder = given.lessons.resolve()
    lessons = [read_lesson(file) for file in sorted(folder.glob("[0-9][0-9]_*.dnn"))]
    named = [drawing.output()[0] for lesson in lessons for drawing in lesson.drawings()]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise SystemExit(f"several lessons draw {', '.join(twice)}")
    with tempfile.TemporaryDirectory() as temporary:
        maker = Maker(given.dnnc.resolve(), folder, pathlib.Path(temporary))
        made = {}
        for lesson in lessons:
            train = given.check is None or lesson.number() in given.check
            if given.check is None:
                print(lesson.title, file=sys.stderr)
            made |= {name: maker.folder / name for name in maker.make(lesson, train)}
        if given.check is None:
            pictures = folder / "pictures"
            pictures.mkdir(exist_ok=True)
            for file in pictures.iterdir():
                if file.name not in named:
                    file.unlink()
            for name, file in made.items():
                shutil.copy(file, pictures / name)
            (folder / "README.md").write_text(page(lessons))
            print(f"{len(made)} of {len(named)} pictures made; the page is {folder / 'README.md'}", file=sys.stderr)
            return
        if faults := list(faults_of(lessons, made, folder)):
            raise SystemExit("\n".join(faults) + "\n./dev pictures makes them")


if __name__ == "__main__":
    main()
