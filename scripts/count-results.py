#!/usr/bin/env python3
"""Counts test results: count-results.py FILE... prints "PASSED FAILED".

Each file is a JUnit report (.xml) or a TAP stream (.tap). A test that was skipped or left as a to-do
counts as failed: no test of this repository may be skipped.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree


def count_junit(text: str) -> tuple[int, int]:
    cases = list(ElementTree.fromstring(text).iter("testcase"))
    good = sum(all(case.find(tag) is None for tag in ("failure", "error", "skipped")) for case in cases)
    return good, len(cases) - good


def count_tap(text: str) -> tuple[int, int]:
    """Counts the outermost results; a plan that promises more than came counts its rest as failed."""
    lines = re.findall(r"^(ok|not ok)\b(.*)$", text, re.M)
    good = sum(
        word == "ok" and not re.search(r"# (skip|todo)\b", rest, re.I) for word, rest in lines
    )
    plan = re.search(r"^1\.\.(\d+)", text, re.M)
    promised = int(plan[1]) if plan else len(lines) + 1
    return good, max(promised, len(lines)) - good


def main() -> int:
    passed = failed = 0
    for path in map(Path, sys.argv[1:]):
        try:
            text = path.read_text()
            good, bad = count_junit(text) if path.suffix == ".xml" else count_tap(text)
        except (OSError, ElementTree.ParseError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            good, bad = 0, 1
        passed, failed = passed + good, failed + bad
    print(passed, failed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
