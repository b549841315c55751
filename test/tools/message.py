"""usage: COMMAND | message.py TEST     compares what the command prints with the lines behind `#> ` of the test."""
import difflib
import pathlib
import re
import sys

MARK = "#> "


def expected_lines(text):
    """Lines behind the mark; a mark alone is an empty line."""
    return [line[len(MARK):] if line.startswith(MARK) else "" for line in text.splitlines() if line.startswith(MARK.rstrip())]


def printed_lines(printed, test):
    """What a command prints, with the path of the test shortened to its name and without spaces at the ends. The lines
    of carets below a place are moved to the left with it."""
    shortened, moved = [], False
    for line in printed.splitlines():
        if str(test) in line:
            moved = re.match(r" +\S+:\d+:\d+ *\|", line) is not None
            line = line.replace(str(test), test.name)
        elif moved and re.match(r" +\|", line):
            line = line[len(str(test)) - len(test.name):]
        shortened.append(line.rstrip())
    return shortened


def main():
    test = pathlib.Path(sys.argv[1])
    expected = [line.rstrip() for line in expected_lines(test.read_text())]
    printed = printed_lines(sys.stdin.read(), test)
    if expected == printed and expected:
        return 0
    print("\n".join(difflib.unified_diff(expected, printed, "expected", "printed", lineterm="", n=99)) or "nothing is expected")
    return 1


if __name__ == "__main__":
    sys.exit(main())
