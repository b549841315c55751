"""Looks at pages of reports without a browser: of one record with plain names and one whose names attack the page.

usage: check_page.py PLAIN.html HOSTILE.html
"""
import base64
import hashlib
import html.parser
import json
import re
import sys

import make_record

OPENS, CLOSES = '<script type="application/json" id="report">', "</script>"
MOST_BYTES = 600_000  # of a page, pictures of the data aside


class Page(html.parser.HTMLParser):
    """The elements of a page, with their attributes, and the texts of its scripts."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, text):
        if self.elements and self.elements[-1][0] == "script" and self.cdata_elem == "script":
            self.scripts[-1] += text


def parts(text):
    before, data = text.split(OPENS, 1)
    data, after = data.split(CLOSES, 1)
    return before, data, after


def texts_in(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def expect(right, what):
    if not right:
        raise SystemExit(f"FAULT: {what}")


def check(path):
    text = open(path, encoding="utf-8", newline="").read()
    before, data, after = parts(text)
    expect(not set(data) & set("<>&\u2028\u2029"), "the data hold signs that end a script")
    page = Page(text)
    expect([tag for tag, _ in page.elements].count("script") == 3, f"{len(page.scripts)} scripts")
    expect(page.scripts[0] == data, "the first script is the data")
    policy = next(about["content"] for tag, about in page.elements if tag == "meta" and about.get("http-equiv") == "Content-Security-Policy")
    for script in page.scripts[1:]:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        expect(f"'sha256-{digest}'" in policy, "the policy does not allow a script of the page")
    expect("default-src 'none'" in policy and "'unsafe-inline'" not in policy.split("script-src")[1], policy)
    for tag, about in page.elements:
        for name in ("src", "href", "action", "srcset", "data"):
            expect(re.match(r"#|data:", about.get(name, "#")), f"{tag} asks for {about.get(name)}")
        expect(not any(name.startswith("on") for name in about), f"{tag} has {about}")
    expect("Permission is hereby granted" in text, "the licence of dygraphs is not there")
    pictures = sum(len(picture) for picture in re.findall(r"data:image/png;base64,[A-Za-z0-9+/=]*", data))
    expect(len(text.encode()) - pictures <= MOST_BYTES, f"{len(text.encode()) - pictures} bytes beside pictures")
    return before + after, json.loads(data)


def main():
    plain, hostile = sys.argv[1:]
    around, report = check(plain)
    around_hostile, report_hostile = check(hostile)
    expect(around == around_hostile, "what stands around the data depends on them")
    all_texts = "\n".join(texts_in(report_hostile))
    wanted = [make_record.COMMENTS["hostile"], *make_record.COLUMNS["hostile"]]
    if report["runs"][0]["outputs"][0]["kind"] == "class":
        wanted += make_record.HOSTILE
    for text in wanted:
        expect(text in all_texts, f"the page does not have {text!r}")
    for name in ("title", "runs", "data", "program", "kernels", "memory", "layers", "environment", "contracts"):
        expect(report[name], f"the page has no {name}")
    print("the pages are as they should be")


if __name__ == "__main__":
    main()
