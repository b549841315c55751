"""Checks what README.md of compiler/ promises about the tree: sizes of files, directions of includes, words that do not
belong in it. Prints one line a fault; exits 1 if there is one.

usage: check_style.py SOURCE_FOLDER
"""
import pathlib
import re
import subprocess
import sys

FOLDERS = ["compiler", "runtime", "grammar", "examples", "test"]
TOP_FILES = ["CMakeLists.txt", "CMakePresets.json", "README.md", "dev"]
CODE = {".h", ".cpp"}
TEXT = CODE | {".cmake", ".txt", ".md", ".py", ".in", ".dnn", ".dng", ".g4", ".test", ".json", ""}
USUAL_LINES, MOST_LINES, MAIN_LINES = 400, 700, 80
# clang-format breaks code at 120 columns and leaves comments alone.
MOST_COLUMNS = 132
# A longer file says why in its first lines with this phrase.
REASON = "Longer than 400 lines because"
# Spelled so that this file does not contain the words.
FORBIDDEN = [
    (r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b", "a mark of unfinished work"),
    (r"not (yet )?imple" r"mented|(?<!--)\bst" r"ub(bed)?\b|\bfor n" r"ow\b", "a mark of unfinished work"),
    (r"/wo" r"rk/|/ho" r"me/|/ro" r"ot/", "a path of one machine"),
    (r"py" r"pi\.org|python" r"hosted|deb\.deb" r"ian\.org", "a host of a package registry"),
]
# Names that also mean something else than the layer or function of the library.
COMMON_WORDS = {"step", "add", "last", "identity"}
# The table of scalar functions of the IR, among them stable forms that the library has under the same name.
FUNCTION_TABLE = "runtime/program/functions.h"
# Names with marks that two formats have, or whom others call so: what the system, the compiler and Halide know, and rows of
# sources.def: code that names one that is not there does not compile.
KEYS = {"net_key", "step_key", "rate_scale", "step_seconds"}
NAMES_OF_OTHERS = r"/proc/|avx|f16c|fma|builtin_"
# Languages of their own, whose words other files may have for other things: rules of the grammar, the text of graphs, names
# of loops in what Halide prints. Files of JSON have keys.
LANGUAGES = [r"compiler/syntax/(\w*slips|syntax_fault|brackets)\.cpp", r"compiler/ir/(parse\w*|print)\.cpp",
             r"compiler/halide/"]
JSON_FILES = re.compile(r"compiler/report/\w+\.cpp|runtime/program/manifest_(members\.h|json\.cpp)|runtime/files/safetensors\.cpp|"
                        r"compiler/support/render\.cpp|compiler/driver/command_(info|records)\.cpp|compiler/records/\w+\.cpp|"
                        r"compiler/plot/chart_json\.cpp|compiler/driver/plot/(plot_history|records)\.cpp|"
                        r"runtime/run/(bench_loops|bench_table|checkpoint|events|info|predict|record|report)\.cpp")
# Words that mean one thing in one file and another in the other: where both mean the same, it is declared once.
TWO_MEANINGS = {
    "--count": "of predict; of plot", "--quiet": "our option; that of pip", "argument": "a name of nodes; a noun of messages",
    "arguments": "a noun of messages", "array": "a head; a name of nodes", "axis": "of flip; a name of nodes",
    "batch": "a setting of training; of axes", "check": "a command; a phase",
    "count": "a function; a setting of entries", "data": "a command; a declaration; a folder",
    "derivative": "an output of eval; of the text of graphs", "difference": "an event; of compare", "dnnc": "the program; its metadata",
    "epoch": "a setting; an event", "eval": "a command; a graph", "evaluate": "an entry; a command",
    "expect": "a declaration; an event", "features": "a field; metadata of weights",
    "field": "a role; a mark of pictures", "file": "an argument of sources; of an event",
    "gradient": "what --emit prints; an operation",
    "graph": "what --emit prints; a word of the text of graphs", "here": "of messages",
    "holds": "of an event; of contracts that hold", "import": "of data; a declaration",
    "images": "a source; a panel", "json": "how messages are told; a picture",
    "kernels": "what --emit prints; a phase", "line": "of compare; a mark of pictures", "log": "a function; a scale",

    "loss": "an output; a definition", "mean": "a reduction; a statistic",
    "metric": "an output; a definition", "min": "a function; a unit", "nan": "of JSON; of graphs; of messages",
    "net": "a definition; metadata of weights", "output": "of graphs; a result without a name",
    "plot": "a command; a panel", "predict": "an entry; an event; a command", "rate": "of optimizers; an axis",
    "reshape": "of the language; of graphs",
    "result": "an output; a noun of messages", "results": "a noun of messages", "run": "an option of events; of histories",
    "series": "a source; what stands side by side",
    "source": "a setting of data; an event; a command", "start": "a setting; a name of nodes",
    "state": "a role; a statement; metadata", "step": "a phase; a setting; a name of kernels",
    "stream": "a role; of graphs", "test": "a part of the data; an argument of sources; a command",
    "train": "a part of the data; a declaration; a command", "training": "whether one is on; a curve", "update": "an output; a function",
    "value": "an output; that of eval", "verify": "of data; a phase",
}


def read_files(top):
    paths = [path for folder in FOLDERS for path in sorted((top / folder).rglob("*")) if path.is_file()]
    paths += [top / name for name in TOP_FILES if (top / name).exists()]
    return {path.relative_to(top): path.read_text(errors="replace") for path in paths
            if path.suffix in TEXT and "__pycache__" not in path.parts and path.stat().st_size < 400_000}


def check_top(top):
    """Nothing is committed beside what belongs at the top level: what a command wrote there is easily added with the rest."""
    kept = subprocess.run(["git", "-C", str(top), "ls-files"], capture_output=True, text=True).stdout.splitlines()
    for name in sorted({path.split("/")[0] for path in kept}):
        if not name.startswith(".") and name not in FOLDERS and name not in TOP_FILES:
            yield f"{name}: does not belong at the top level"


def check_lengths(files):
    for path, text in files.items():
        lines = text.count("\n")
        if str(path) == "compiler/main.cpp" and lines > MAIN_LINES:
            yield f"{path}: {lines} lines; it only calls the driver, {MAIN_LINES} are enough"
        if path.suffix not in CODE | {".py"}:
            continue
        if lines > MOST_LINES:
            yield f"{path}: {lines} lines; {MOST_LINES} is the most: split it by concern"
        elif lines > USUAL_LINES and REASON not in "\n".join(text.splitlines()[:15]):
            yield f"{path}: {lines} lines; more than {USUAL_LINES} need a reason at the top: `{REASON} ...`"


def check_widths(files):
    for path, text in files.items():
        if path.suffix not in CODE:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > MOST_COLUMNS:
                yield f"{path}:{number}: {len(line)} columns; {MOST_COLUMNS} is the most: break the line"


def folder_order(files):
    """The folders of compiler/ in the order of compiler/folders.cmake: each may include those before it."""
    return re.findall(r"^dnnc_folder\((\w+)", files[pathlib.Path("compiler/folders.cmake")], re.M)


def rooms_of_folders(files):
    """The rooms of each folder that has some, in their order."""
    declared = re.findall(r"^dnnc_folder\((\w+)(?: ONCE)? ROOMS ([a-z_ ]+)", files[pathlib.Path("compiler/folders.cmake")], re.M)
    rooms = {f"compiler/{folder}": names.split() for folder, names in declared}
    runtime = re.search(r"DNNC_RUNTIME_ROOMS ([a-z_ ]+)", files[pathlib.Path("runtime/runtime.cmake")])
    return rooms | {"runtime": runtime.group(1).split()}


def includes_of(text):
    for number, line in enumerate(text.splitlines(), 1):
        included = re.match(r'\s*#include "([^"]+)"', line)
        if included:
            yield number, included.group(1)


def check_includes(files):
    order = folder_order(files)
    for path, text in files.items():
        if path.suffix not in CODE:
            continue
        for number, included in includes_of(text):
            there = included.split("/")
            if path.parts[0] == "runtime" and there[0] == "compiler":
                yield f"{path}:{number}: the runtime includes {included}: a trainer has no compiler"
            if path.parts[0] == "compiler" and there[0] == "compiler" and len(path.parts) > 2 and len(there) > 2:
                here = path.parts[1]
                if here in order and there[1] in order and order.index(there[1]) > order.index(here):
                    yield f"{path}:{number}: includes {included}, which comes later in folders.cmake"


def room_of(path, folder, rooms):
    """The number of the file's room in its folder: -1 for what lies beside the rooms, None for another folder."""
    parts = pathlib.PurePath(path).parts
    depth = len(pathlib.PurePath(folder).parts)
    if parts[:depth] != pathlib.PurePath(folder).parts:
        return None
    return rooms.index(parts[depth]) if len(parts) > depth + 1 and parts[depth] in rooms else -1


def check_rooms(files):
    """A room includes only rooms before it, and of what lies beside the rooms only headers that need none."""
    for folder, rooms in rooms_of_folders(files).items():
        for path in files:
            if path.suffix in CODE and path.parent != pathlib.Path(folder) and room_of(path, folder, rooms) == -1 \
                    and path.parts[len(pathlib.Path(folder).parts)] != "trainer":
                yield f"{path}: lies in no room of {folder} that a .cmake file names"
        headers = {str(path): [included for _, included in includes_of(text)] for path, text in files.items()
                   if path.suffix in CODE and room_of(path, folder, rooms) == -1}
        for path, text in files.items():
            here = room_of(path, folder, rooms) if path.suffix in CODE else None
            if here is None or here == -1:
                continue
            for number, included in includes_of(text):
                there = room_of(included, folder, rooms)
                if there is not None and there > here:
                    yield f"{path}:{number}: includes {included} of a later room"
                for further in headers.get(included, []):
                    depth = room_of(further, folder, rooms)
                    if depth is not None and depth >= here:
                        yield f"{path}:{number}: includes {included}, which needs {further} of a room that is not before this one"


def check_maps(files):
    """The maps name every folder and room."""
    compiler, runtime = files[pathlib.Path("compiler/README.md")], files[pathlib.Path("runtime/README.md")]
    for folder in folder_order(files):
        if f"`{folder}/" not in compiler:
            yield f"compiler/README.md: does not name {folder}/"
    for folder, rooms in rooms_of_folders(files).items():
        text = runtime if folder == "runtime" else compiler
        for room in rooms:
            if f"`{room}/" not in text and f"/{room}/" not in text:
                yield f"{'runtime' if folder == 'runtime' else 'compiler'}/README.md: does not name the room {folder}/{room}"


def check_words(files):
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, what in FORBIDDEN:
                if re.search(pattern, line, re.I):
                    yield f"{path}:{number}: {what}: {line.strip()[:100]}"


def check_generality(files):
    """No layer, activation, loss, metric or optimizer of the library is known to C++ by its name."""
    library = "\n".join(text for path, text in files.items() if path.parts[:2] == ("compiler", "library"))
    names = set(re.findall(r"^(?:layer|activation|loss|metric|optimizer) (\w+)", library, re.M)) - COMMON_WORDS
    for path, text in files.items():
        if path.suffix not in CODE or path.parts[0] not in ("compiler", "runtime") or str(path) == FUNCTION_TABLE:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for word in re.findall(r'"(\w+)"', line.split("//")[0]):
                if word in names:
                    yield f"{path}:{number}: names `{word}` of the library: find the rule behind it"


def check_format(top, files):
    """C++ is laid out as .clang-format says."""
    code = [str(path) for path in files if path.suffix in CODE]
    run = subprocess.run(["clang-format-19", "--dry-run", *code], cwd=top, capture_output=True, text=True)
    for path in sorted(set(re.findall(r"^(\S+?):\d+:\d+: warning: code should be clang-formatted", run.stderr, re.M))):
        yield f"{path}: not laid out as .clang-format says: clang-format-19 -i {path}"
    if run.returncode:
        yield f"clang-format-19: {run.stderr[:200]}"


def check_constants(files):
    """Constants are named like everything else: exit_done, not kDone."""
    for path, text in files.items():
        if path.suffix not in CODE:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"constexpr .*\bk[A-Z]\w+ *[=\[{]", line):
                yield f"{path}:{number}: a constant in the manner kName: {line.strip()[:80]}"


def literals_of(path, text):
    """Texts between quotes, with their lines; comments, includes, codes of messages and keys of JSON aside."""
    keys = JSON_FILES.fullmatch(str(path))
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*(#include|//)", line):
            continue
        code = line.split("///")[0]
        for literal in re.finditer(r'"((?:[^"\\]|\\.)*)"', code):
            key = re.search(r"[{\[(]$|, $", code[:literal.start()]) and re.match(r"[,\])]", code[literal.end():])
            if not (keys and key) and not re.fullmatch(r"[A-Z]\d{4}", literal.group(1)):
                yield number, literal.group(1)


def check_names_once(files):
    """A name that we made up, like "memory.train", ".average" or "stratified", stands in one file: others ask there. A name is
    a word of the language, of a command line or of a format; texts of several words are no names."""
    first, of_two_meanings = {}, {word: set() for word in TWO_MEANINGS}
    for path, text in files.items():
        language = next((number for number, pattern in enumerate(LANGUAGES) if re.match(pattern, str(path))), None)
        if path.suffix not in CODE or path.parts[0] not in ("compiler", "runtime"):
            continue
        for number, literal in literals_of(path, text):
            of_two_meanings.get(literal, set()).add(path)
            word = re.fullmatch(r"-*[A-Za-z][\w-]+", literal)
            marked = re.fullmatch(r"[\w./:]*[./:_][\w./:]*", literal) and re.search("[a-z]{2}", literal)
            if not (word or marked) or literal in KEYS or literal in TWO_MEANINGS or re.match(NAMES_OF_OTHERS, literal):
                continue
            # A language has its words to itself.
            where = (literal, None if marked and not word else language)
            if first.setdefault(where, path) != path and where[1] is None:
                yield f'{path}:{number}: "{literal}" stands in {first[where]} too: declare it once'
    for word, paths in of_two_meanings.items():
        if len(paths) < 2:
            yield f'test/tools/check_style.py: "{word}" stands in one file: it needs no leave to stand in two'


def main():
    files = read_files(pathlib.Path(sys.argv[1]))
    checks = (check_lengths, check_widths, check_includes, check_rooms, check_maps, check_words, check_generality, check_constants, check_names_once)
    faults = [fault for check in checks for fault in check(files)] + list(check_format(sys.argv[1], files)) + list(check_top(sys.argv[1]))
    print("\n".join(faults) or f"{len(files)} files are as they should be")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
