"""What leaves the build: exported names, hardening, nothing of this machine."""
import re
import subprocess

import pytest

from support import tree

RELEASE = tree.ROOT / "build" / "release"
PROGRAMS = [RELEASE / "bin" / name for name in ("chela", "chela-gateway", "chela-engines")]
LINKED = PROGRAMS + [RELEASE / "lib" / "libchela.so"]
SHARED = LINKED[-1]
STATIC = RELEASE / "lib" / "libchela.a"
LEAN = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


def output(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


def readelf(path, *options):
    return output("readelf", "-W", *options, path)


def defined(path, *options):
    """Names that a linker can see, without the version after '@'."""
    lines = output("nm", "--defined-only", "--extern-only", *options, path).splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if re.search(r" [A-Z] ", line)}


def declared():
    """Functions that include/chela.h promises."""
    header = tree.code_only(tree.text(tree.ROOT / "include" / "chela.h"))
    return set(re.findall(r"\bCHELA_API\b[^;]*?\b(chela_\w+)\s*\(", header))


@pytest.mark.parametrize("path,options", [(SHARED, ["-D"]), (STATIC, [])], ids=["shared", "static"])
def test_only_the_promised_names_are_exported(path, options):
    names = {name for name in defined(path, *options) if not name.startswith(("_init", "_fini"))}
    assert names == declared()


def test_no_name_is_given_twice():
    """An archive's linker takes the first of two and says nothing."""
    seen, twice = {}, []
    for archive in sorted((RELEASE / "lib").glob("*.a")):
        if archive == STATIC:  # the core once more
            continue
        for name in defined(archive):
            if name in seen:
                twice.append(f"{name}: {seen[name].name}, {archive.name}")
            seen[name] = archive
    assert seen and not twice


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
class TestHardening:
    def test_position_independent(self, path):
        assert re.search(r"Type:\s+DYN", readelf(path, "-h"))

    def test_relocations_are_read_only_after_start(self, path):
        assert "GNU_RELRO" in readelf(path, "-l")
        assert re.search(r"BIND_NOW|FLAGS_1.*\bNOW\b", readelf(path, "-d"))

    def test_stack_is_not_executable(self, path):
        flags = re.search(r"GNU_STACK.*", readelf(path, "-l"))[0].split()[-2]
        assert flags == "RW"

    def test_no_run_path(self, path):
        assert not re.search(r"\((RPATH|RUNPATH)\)", readelf(path, "-d"))

    def test_stack_is_guarded(self, path):
        assert "__stack_chk_fail" in readelf(path, "--dyn-syms")

    def test_no_path_of_the_build_is_inside(self, path):
        assert str(tree.ROOT).encode() not in path.read_bytes()


def test_the_program_starts_lean():
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)\]", readelf(PROGRAMS[0], "-d")))
    assert needed <= LEAN, f"chela loads {needed - LEAN} before it knows what it is to do"


def test_only_the_engines_load_media_libraries():
    media = re.compile(r"cairo|pango|flite|sphinx|glib|avcodec|espeak")
    needed = {path.name: re.findall(r"\(NEEDED\).*\[(.+?)\]", readelf(path, "-d")) for path in PROGRAMS}
    assert not [name for name in needed["chela"] + needed["chela-gateway"] if media.search(name)]
    assert not [name for name in needed["chela-engines"] if re.search(r"libav|espeak", name)], (
        "ffmpeg and espeak-ng are GPL: they are started, never linked")


def test_the_library_is_versioned():
    name = re.search(r"\(SONAME\).*\[(.+?)\]", readelf(SHARED, "-d"))[1]
    assert re.fullmatch(r"libchela\.so\.\d+", name)
