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
    """What a command prints, with the path of the test shortened to its name and without spaces at the ends. The bar
    behind a place follows it at once, and those below stand under it: the widths of paths do not matter."""
    shortened, bar = [], None
    for line in printed.splitlines():
        line = line.replace(str(test), test.name)
        place = re.match(r"(  \S+:\d+:\d+) *\|(.*)", line)
        below = re.match(r" +\|(.*)", line)
        if place:
            bar = len(place[1]) + 1
            line = f"{place[1]} |{place[2]}"
        elif below and bar:
            line = f"{' ' * bar}|{below[1]}"
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
