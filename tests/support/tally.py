"""Counts what ./check ran: tally.py FOLDER. Names what failed, ends with "N passed, N failed".

Steps that hold tests leave a JUnit report; every test function in a report counts, and of a ctest
program every cmocka function. A step without a report counts as one.
"""
import re
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

RESULT = re.compile(r"\[\s+(OK|FAILED|ERROR)\s+\] (\w+)\s*$", re.M)


def functions(output):
    """cmocka's results of one program: {function: passed}."""
    return {name: result == "OK" for result, name in RESULT.findall(output)}


def of_report(path):
    """(passed, names of the failed) of one JUnit file."""
    passed, failed = 0, []
    for case in xml.parse(path).iter("testcase"):
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        wrong = (case.find("failure") is not None or case.find("error") is not None
                 or case.find("skipped") is not None or case.get("status") == "fail")
        output = case.find("system-out")
        inner = functions(output.text or "") if output is not None and path.stem == "units" else {}
        bad = [f"{case.get('name')}: {function}" for function, fine in inner.items() if not fine]
        passed += sum(inner.values()) if inner else not wrong
        failed += bad or ([name] if wrong else [])
    return passed, failed


def main(folder):
    passed, failed = 0, []
    reports = {path.stem: path for path in sorted(folder.glob("*.xml"))}
    steps = [line.rsplit(" ", 1) for line in (folder / "steps").read_text().splitlines()]
    for result, name in steps:
        report = reports.get(name)
        good, bad = of_report(report) if report else (0, [])
        if result == "not ok" and not bad:
            bad = [f"{name} (see {folder}/{name}.log)"]
        elif not report:
            good = 1
        passed += good
        failed += bad
    for name in failed:
        print(f"not ok {name}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
