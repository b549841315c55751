"""stand_once.py: every place of mutations.py stands in its file once, so that each fault can be planted."""
import pathlib

from mutations import MUTATIONS

top = pathlib.Path(__file__).parents[2]
lost = []
for what, file, where, _ in MUTATIONS:
    times = (top / file).read_text().count(where.replace("«", "").replace("»", ""))
    if times != 1:
        lost.append(f"{file}: {times} times: {what}")
print("\n".join(lost) or f"{len(MUTATIONS)} faults can be planted")
raise SystemExit(1 if lost else 0)
