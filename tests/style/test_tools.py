"""clang-format, clang-tidy, shellcheck and mandoc have nothing to say.

clang-tidy takes seconds a file, so a clean verdict is kept under build/check/tidy, under a name made
of everything it depends on: the file, the headers it reaches, the command line, .clang-tidy, the
tool.
"""
import concurrent.futures
import hashlib
import json
import re
import shutil
import subprocess
from functools import lru_cache

import pytest

from support import tree

C_FILES = tree.files(".c", ".h", under=tree.CODE)
TIDY_FILES = tree.files(".c", under=("src",))
CLANG_BUILD = tree.ROOT / "build" / "clang"
KEPT = tree.ROOT / "build" / "check" / "tidy"
SHELL = [path for path in tree.everything() if path.suffix in (".sh", "") and tree.is_text(path)
         and re.match(r"#!.*\b(ba|da)?sh\b|# shellcheck shell=", tree.text(path))]
MAN = tree.files(".1", ".5", ".7", ".8", under=("docs",))


def run(*command, **more):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False,
                          cwd=tree.ROOT, **more)


@pytest.fixture(scope="session")
def badly_formatted():
    tool = shutil.which("clang-format-14") or "clang-format"
    done = run(tool, "--dry-run", *C_FILES)
    return done.stderr


@pytest.mark.fast
@pytest.mark.parametrize("path", C_FILES, ids=tree.name)
def test_clang_format(path, badly_formatted):
    place = re.search(rf"^{re.escape(str(path))}:\d+", badly_formatted, re.M)
    assert not place, f"{place[0]}: clang-format -i {tree.name(path)}"


@lru_cache
def compile_commands():
    commands = json.loads((CLANG_BUILD / "compile_commands.json").read_text())
    return {entry["file"]: entry["command"] for entry in commands}


@lru_cache
def reached(path):
    """The headers of ours that a file includes, and those that they include."""
    found = set()
    for header in re.findall(r'^\s*#\s*include\s*"([^"]+)"', tree.text(path), re.M):
        for place in (tree.ROOT / "src" / header, tree.ROOT / "include" / header,
                      path.parent / header):
            if place.exists():
                found |= {place.resolve()} | reached(place.resolve())
                break
    return frozenset(found)


@lru_cache
def tool_version():
    return run("clang-tidy", "--version").stdout


def verdict_name(path):
    parts = [tool_version(), compile_commands().get(str(path), ""),
             tree.text(tree.ROOT / ".clang-tidy")]
    parts += [tree.text(one) for one in [path, *sorted(reached(path))]]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def tidy(path):
    kept = KEPT / verdict_name(path)
    if kept.exists():
        return ""
    done = run("nice", "clang-tidy", "--quiet", "-p", CLANG_BUILD, path)
    findings = [line for line in (done.stdout + done.stderr).splitlines()
                if not re.match(r"\d+ warnings? (generated|treated)|Suppressed|Use -header", line)]
    if done.returncode == 0:
        kept.touch()
        return ""
    return "\n".join(findings)


@pytest.fixture(scope="session")
def untidy():
    KEPT.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(TIDY_FILES, pool.map(tidy, TIDY_FILES)))


@pytest.mark.parametrize("path", TIDY_FILES, ids=tree.name)
def test_clang_tidy(path, untidy):
    assert str(path) in compile_commands(), "the clang preset does not compile it"
    assert not untidy[path], untidy[path]


@pytest.mark.fast
@pytest.mark.parametrize("path", SHELL, ids=tree.name)
def test_shellcheck(path):
    done = run("shellcheck", "-x", path)
    assert done.returncode == 0, done.stdout


@pytest.mark.fast
@pytest.mark.parametrize("path", MAN, ids=tree.name)
def test_mandoc(path):
    done = run("mandoc", "-T", "lint", "-W", "warning", path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_scripts_and_pages():
    assert len(SHELL) >= 4 and MAN
