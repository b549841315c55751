"""usage: check_codes.py DIAGNOSTIC_CODES FOLDER     counts the codes that no test below the folder pins, and its programs."""
import pathlib
import re
import sys

codes = re.findall(r"^CODE\((E\d{4}),", pathlib.Path(sys.argv[1]).read_text(), re.M)
texts = [file.read_text() for file in pathlib.Path(sys.argv[2]).rglob("*") if file.suffix in (".dnn", ".test")]
pinned = [text for text in texts if "%message %s" in text]
known = set(re.findall(r"^#> .*?(?:error\[|\"code\":\")(E\d{4})", "\n".join(pinned), re.M))
missing = [code for code in codes if code not in known]
print(*missing, sep="\n", end="\n" if missing else "")
print(f"{len(missing)} of {len(codes)} codes are in no message pinned by {len(pinned)} programs")
sys.exit(1 if missing else 0)
