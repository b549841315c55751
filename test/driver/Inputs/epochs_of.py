"""usage: epochs_of.py HISTORY      prints the number of each line's epoch."""
import json
import sys

print(*(json.loads(line)["epoch"] for line in open(sys.argv[1], encoding="utf-8")))
