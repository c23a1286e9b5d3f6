"""clang-format, clang-tidy, shellcheck and mandoc have nothing to say."""
import re
import shutil
import subprocess

import pytest

from support import tidy, tree

C_FILES = tree.files(".c", ".h", under=tree.CODE)
SHELL = [path for path in tree.everything() if path.suffix in (".sh", ".bash", "") and tree.is_text(path)
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


@pytest.fixture(scope="session")
def untidy():
    return tidy.all_findings()


@pytest.mark.parametrize("path", tidy.FILES, ids=tree.name)
def test_clang_tidy(path, untidy):
    assert str(path) in tidy.commands(), "the clang preset does not compile it"
    found = [line for line in untidy[path].splitlines() if re.search(r": (error|warning): ", line)]
    assert not untidy[path], "\n".join(found) or untidy[path]


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
