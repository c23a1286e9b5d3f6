"""Cases of tests/data/config/edits*.txt: a file, commands, and what the file is then.

    === a title
    the file
    --- a command line, without `chela`
    the file after it (and after the commands right before it)
"""
import shlex
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data" / "config"


class Case:
    def __init__(self, title, before):
        self.title, self.before = title, before
        self.commands, self.after = [], ""


def read(name):
    cases = []
    for line in (DATA / name).read_text().splitlines(keepends=True):
        if line.startswith("=== "):
            cases.append(Case(line[4:].strip(), ""))
        elif line.startswith("--- "):
            cases[-1].commands.append(shlex.split(line[4:]))
        elif cases[-1].commands:
            cases[-1].after += line
        else:
            cases[-1].before += line
    return cases
