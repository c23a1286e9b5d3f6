"""Rules that hold for every source file."""
import re

import pytest

from support import tree

pytestmark = pytest.mark.fast
SOURCES = tree.files(".c", ".h", under=tree.CODE)
BANNED = {
    "strtok": "str slices and str_cut", "strtok_r": "str slices", "sscanf": "str_int",
    "fscanf": "str_int", "scanf": "str_int", "atoi": "str_int", "atol": "str_int",
    "atoll": "str_int", "atof": "str_double", "strcpy": "buf_add", "stpcpy": "buf_add",
    "strcat": "buf_add", "strncat": "buf_add", "strncpy": "buf_add or memcpy",
    "sprintf": "buf_addf or snprintf", "vsprintf": "vsnprintf", "gets": "file_read_fd",
    "localtime": "localtime_r", "gmtime": "gmtime_r", "mktemp": "mkstemp", "tmpnam": "mkstemp",
}
BANNED_IN_SRC = {"system": "no shell is started", "popen": "no shell is started",
                 "alloca": "an arena", "setjmp": "error codes", "longjmp": "error codes"}
CALL = re.compile(r"(?<![\w.>])(\w+)\s*\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bnot (?:yet )?implemented\b|\bfor now\b")
# Split, so that this file is not its own finding.
MACHINE = re.compile(r"/wo" r"rk/(?:main|shared)|/ro" r"ot/|/tm" r"p/(?:b-|infra|brief)"
                     r"|registry\.npm" r"js|deb\.debi" r"an\.org")


@pytest.mark.parametrize("path", SOURCES, ids=tree.name)
def test_no_banned_function(path):
    source = tree.code_only(tree.text(path))
    banned = BANNED | (BANNED_IN_SRC if tree.name(path).startswith(("src/", "engines/")) else {})
    found = [f"line {tree.line_of(source, match.start())}: {match[1]} (use {banned[match[1]]})"
             for match in CALL.finditer(source) if match[1] in banned]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", tree.files(".c", ".h", under=("src",)), ids=tree.name)
def test_includes_follow_the_order_of_folders(path):
    folder = path.relative_to(tree.ROOT / "src").parts[0]
    assert folder in tree.ORDER, f"src/{folder} has no place in support/tree.py"
    below = tree.ORDER[:tree.ORDER.index(folder) + 1]
    wrong = [header for header in INCLUDE.findall(tree.text(path))
             if "/" in header and header.split("/")[0] not in below]
    assert not wrong, f"src/{folder} may include {', '.join(below)}, not {', '.join(wrong)}"


@pytest.mark.parametrize("path", tree.files(".c", ".h", under=("engines",)), ids=tree.name)
def test_engines_use_the_lower_half_of_src(path):
    """What an engine needs of the house: text, documents, the server. Nothing of the client."""
    allowed = ("base", "doc", "server", "engines")
    wrong = [header for header in INCLUDE.findall(tree.text(path))
             if "/" in header and header.split("/")[0] not in allowed]
    assert not wrong, f"engines may include {', '.join(allowed)}, not {', '.join(wrong)}"


@pytest.mark.parametrize("path", tree.files(".c", ".h", ".py", ".mjs", under=tree.CODE),
                         ids=tree.name)
def test_one_concept_a_file(path):
    assert len(tree.text(path).splitlines()) < 1000


@pytest.mark.parametrize("path", tree.files(".c", ".h", under=("src", "engines", "include")),
                         ids=tree.name)
def test_a_file_opens_with_its_decision(path):
    """A .c may leave that to its header."""
    if not path.with_suffix(".h").exists() or path.suffix == ".h":
        assert re.match(r"(/\*|//)", tree.text(path)), "no comment at the top says what and why"


@pytest.mark.parametrize("path", [path for path in tree.files(".h", under=("src", "engines"))
                                  if " Included by " not in tree.text(path).split("*/")[0]],
                         ids=tree.name)
def test_include_guard_is_named_after_the_file(path):
    """A header that is made to be included several times says by whom, and has none."""
    guard = "CHELA_" + re.sub(r"\W", "_", tree.name(path).removeprefix("src/")).upper()
    assert re.search(rf"^#ifndef {guard}\n#define {guard}$", tree.text(path), re.M), guard


def test_nothing_is_left_unfinished():
    found = []
    for path in SOURCES + tree.files(".py", ".md", ".sh", ".cmake", ".1", ".5", ".txt", ".mjs", ""):
        if path.parent.name != "style" and not tree.name(path).startswith("fuzz/corpus"):
            if tree.is_text(path):
                found += [f"{tree.name(path)}:{number}: {line.strip()}" for number, line
                          in enumerate(tree.text(path).splitlines(), 1) if UNFINISHED.search(line)]
    assert not found, "\n".join(found)


def test_no_machine_of_ours_is_named():
    found = [f"{tree.name(path)}: {match[0]}" for path in tree.everything() if tree.is_text(path)
             for match in [MACHINE.search(tree.text(path))] if match]
    assert not found, "\n".join(found)


def test_text_files_are_clean():
    found = []
    for path in tree.everything():
        name = tree.name(path)
        if name.startswith(("fuzz/corpus", "tests/data", "tests/unit/data")) or not tree.is_text(path):
            continue
        lines = tree.text(path).split("\n")
        found += [f"{name}:{number}: blanks at the end" for number, line in enumerate(lines, 1)
                  if line != line.rstrip() and path.suffix != ".json"]
        if lines[-1] != "" and path.stat().st_size:
            found.append(f"{name}: no newline at the end")
    assert not found, "\n".join(found)
