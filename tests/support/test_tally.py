"""The count at the end of ./check, which everybody believes."""
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.fast
TALLY = Path(__file__).with_name("tally.py")
UNITS = """<testsuite>
<testcase name="test_good" status="run"><system-out>
[==========] Running 2 test(s).
[ RUN      ] one
[       OK ] one
[ RUN      ] two
[       OK ] two
[  PASSED  ] 2 test(s).
</system-out></testcase>
<testcase name="test_bad" status="fail"><failure/><system-out>
[       OK ] three
[  FAILED  ] four
[  FAILED  ] tests: 1 test(s), listed below:
[  FAILED  ] four
</system-out></testcase>
<testcase name="test_crash" status="fail"><failure/><system-out>
[       OK ] five
Segmentation fault
</system-out></testcase>
<testcase name="replay_doc" status="run"><system-out/></testcase>
</testsuite>"""
SUITE = """<testsuites><testsuite>
<testcase classname="wire" name="a"/>
<testcase classname="wire" name="b"><failure message="x"/></testcase>
<testcase classname="wire" name="c"><skipped/></testcase>
</testsuite></testsuites>"""


def tally(folder, steps, **reports):
    (folder / "steps").write_text(steps)
    for name, text in reports.items():
        (folder / f"{name}.xml").write_text(text)
    return subprocess.run([sys.executable, str(TALLY), str(folder)], capture_output=True, text=True,
                          check=False)


def test_counts_functions_and_names_failures(tmp_path):
    done = tally(tmp_path, "not ok units\nnot ok wire\nok build-asan\n", units=UNITS, wire=SUITE)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "7 passed, 4 failed"
    assert "not ok test_bad: four" in done.stdout and "not ok test_crash" in done.stdout
    assert "not ok wire::b" in done.stdout and "not ok wire::c" in done.stdout


def test_a_step_that_died_without_a_report_is_a_failure(tmp_path):
    done = tally(tmp_path, "ok build-asan\nnot ok wire\n")
    assert done.stdout.splitlines()[-1] == "1 passed, 1 failed" and done.returncode == 1


def test_all_good(tmp_path):
    done = tally(tmp_path, "ok build-asan\nok build-clang\n")
    assert (done.returncode, done.stdout) == (0, "2 passed, 0 failed\n")


def test_nothing_at_all_is_no_success(tmp_path):
    assert tally(tmp_path, "").returncode == 1
