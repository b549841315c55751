"""Changes good programs in one place and looks at where the messages point; prints one table.

usage: mutate.py DNNC [--count N] [--seed N] [--show] FILE...

Files are programs, or pages of `dnnc explain`, whose right example is taken. Changes are drawn until N of them are
rejected. The first error is on the right line if it begins on the line that was changed, in the right column if its
carets touch the changed token or the one before or behind it. The exit status is 1 if the shares are below their bounds or if
the compiler ends in another way than by a message. `--show` prints every change that is told of elsewhere.
"""
import argparse
import collections
import concurrent.futures
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

TOKEN = re.compile(r'(?P<comment>#[^\n]*)|(?P<text>"[^"\n]*")|(?P<number>\d[\d_]*(?:x\d+)+|\d[\d_]*(?:\.\d+)?(?:e-?\d+)?%?)'
                   r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>->|==|!=|<=|>=|//|\.\.\.|[^\s\w])")
Token = collections.namedtuple("Token", "kind text begin end")
# `place` are the offsets in the new text that a message should touch, `line` is where it should stand.
Mutant = collections.namedtuple("Mutant", "kind what text line begin end")
Result = collections.namedtuple("Result", "mutant status errors printed")
KINDS = ["deleted", "doubled", "swapped", "misspelt", "number changed", "argument dropped"]
DEFINING = {"function", "activation", "layer", "net", "loss", "metric", "optimizer"}
LEAST_LINE, LEAST_COLUMN, MOST_FOLLOW_UPS = 0.95, 0.85, 2.0


def tokens_of(text):
    return [Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(text) if m.lastgroup != "comment"]


def misspelt(word, draw):
    at = draw.randrange(len(word))
    kind = draw.choice(["drop", "double", "exchange", "other"]) if len(word) > 1 else "double"
    if kind == "drop":
        return word[:at] + word[at + 1:]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    if kind == "exchange":
        at = min(at, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    return word[:at] + draw.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1:]


def other_number(number, draw):
    digits = re.match(r"[\d_]+", number).group().replace("_", "")
    value = draw.choice([int(digits) + 1, int(digits) - 1, int(digits) * 10, 0])
    return ("-" if value < 0 else "") + str(abs(value)) + number[re.match(r"[\d_]+", number).end():]


def arguments_of(tokens, opening):
    """Pairs of token numbers: where each argument of the call whose bracket is `opening` begins, and where it ends."""
    depth, begin, found = 0, opening + 1, []
    for at in range(opening, len(tokens)):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(tokens[at].text, 0)
        if (depth == 1 and tokens[at].text == ",") or depth == 0:
            found.append((begin, at))
            begin = at + 1
        if depth == 0:
            return found if found[0][0] < found[0][1] else []
    return []


def is_call(tokens, opening):
    """Behind a name that is used, not defined."""
    return tokens[opening - 1].kind == "name" and tokens[opening - 2].text not in DEFINING


def mutate(text, kind, draw):
    """One change of this kind, or None if the token drawn does not allow it."""
    tokens = tokens_of(text)
    at = draw.randrange(2, len(tokens) - 1)  # `dnn 1` stays
    token = tokens[at]
    first, last, new = token.begin, token.end, None
    if kind == "deleted":
        new = ""
    elif kind == "doubled":
        new = token.text + " " + token.text
    elif kind == "swapped":
        last = tokens[at + 1].end
        new = tokens[at + 1].text + text[token.end:tokens[at + 1].begin] + token.text
    elif kind == "misspelt" and token.kind == "name":
        new = misspelt(token.text, draw)
    elif kind == "number changed" and token.kind == "number":
        new = other_number(token.text, draw)
    elif kind == "argument dropped" and token.text == "(" and is_call(tokens, at):
        arguments = arguments_of(tokens, at)
        if not arguments:
            return None
        begin, end = draw.choice(arguments)
        if len(arguments) > 1:
            begin, end = (begin, end + 1) if tokens[end].text == "," else (begin - 1, end)
        first, last, new = tokens[begin].begin, tokens[end - 1].end, ""
    if new is None or new == text[first:last]:
        return None
    changed = text[:first] + new + text[last:]
    before = max((t.begin for t in tokens if t.end <= first), default=0)
    behind = min((t.end for t in tokens if t.begin >= last), default=len(text))
    return Mutant(kind, f"{text[first:last]!r} -> {new!r}", changed, text.count("\n", 0, first) + 1, before,
                  behind + len(changed) - len(text))


def offset_of(text, line, column):
    starts = [0] + [m.end() for m in re.finditer("\n", text)]
    return starts[min(line, len(starts)) - 1] + column - 1


def check(dnnc, folder, number, mutant):
    program = folder / f"{number}.dnn"
    program.write_text(mutant.text)
    run = subprocess.run([dnnc, "check", "--message-format=json", program], capture_output=True, text=True, timeout=60)
    told = (run.stderr + run.stdout).splitlines()
    errors = [json.loads(line) for line in told if line.startswith('{"event":"message"')]
    return Result(mutant, run.returncode, errors, run.stderr)


def on_line(result):
    return result.errors[0]["line"] == result.mutant.line


def in_column(result):
    error, mutant = result.errors[0], result.mutant
    begin = offset_of(mutant.text, error["line"], error["column"])
    end = offset_of(mutant.text, error["end_line"], error["end_column"])
    return on_line(result) and begin <= mutant.end and end >= mutant.begin


def show(result):
    line = result.mutant.text.splitlines()[result.mutant.line - 1].strip()
    error = result.errors[0]
    told = result.mutant.text.splitlines()[error["line"] - 1].strip() if error["line"] <= result.mutant.text.count("\n") else ""
    print(f"{result.mutant.kind} {result.mutant.what} in line {result.mutant.line}: {line}")
    print(f"    {error['line']}:{error['column']} {error['code']} {error['message']}" +
          ("" if on_line(result) else f"  | {told}") +
          (f"  (+{len(result.errors) - 1})" if len(result.errors) > 1 else ""))


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def row(name, results):
    rejected = [r for r in results if r.errors]
    lines, columns = sum(map(on_line, rejected)), sum(map(in_column, rejected))
    more = sum(len(r.errors) - 1 for r in rejected)
    average = f"{more / len(rejected):.2f}" if rejected else "-"
    print(f"{name:18}{len(results):9}{len(rejected):10}{share(lines, len(rejected)):>13}"
          f"{share(columns, len(rejected)):>14}{average:>13}")
    return lines, columns, more, len(rejected)


def programs_in(files):
    for file in files:
        text = file.read_text()
        if file.suffix == ".md":
            found = re.search(r"^Right:\n```dnn\n(.*?)^```", text, re.M | re.S)
            text = found.group(1) if found else ""
        if len(tokens_of(text)) > 8:
            yield text


def draw_results(arguments, folder):
    draw = random.Random(arguments.seed)
    programs = sorted(programs_in(arguments.files))
    results, rejected, number = [], 0, 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        while rejected < arguments.count:
            mutants = []
            while len(mutants) < 24:
                if mutant := mutate(draw.choice(programs), KINDS[len(mutants) % len(KINDS)], draw):
                    mutants.append(mutant)
            numbers = range(number, number + len(mutants))
            number += len(mutants)
            for result in pool.map(lambda n, m: check(arguments.dnnc, folder, n, m), numbers, mutants):
                if rejected < arguments.count:
                    results.append(result)
                    rejected += bool(result.errors)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dnnc")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = draw_results(arguments, pathlib.Path(folder))
    lost = [r for r in results if (r.status == 1) != bool(r.errors) or r.status not in (0, 1)]
    for result in lost:
        print(f"{result.mutant.what}: exit status {result.status}\n{result.printed}\n{result.mutant.text}")
    if arguments.show:
        for result in results:
            if result.errors and not in_column(result):
                show(result)
    print(f"{'change':18}{'programs':>9}{'rejected':>10}{'right line':>13}{'right column':>14}{'follow-ups':>13}")
    for kind in KINDS:
        row(kind, [r for r in results if r.mutant.kind == kind])
    lines, columns, more, rejected = row("all", results)
    good = lines >= LEAST_LINE * rejected and columns >= LEAST_COLUMN * rejected and more <= MOST_FOLLOW_UPS * rejected
    sys.exit(0 if good and not lost else 1)


if __name__ == "__main__":
    main()
