"""libchela as a C programmer meets it: installed under a prefix, found by pkg-config."""
import os
import shlex
import subprocess

import pytest

from support.program import ROOT, Home

BUILD = ROOT / "build" / "release"
EXAMPLE = ROOT / "examples" / "stream.c"
STRICT = ["-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1"]


def run(*command, **more):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120,
                          check=False, **more)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """An installation, with pkg-config told where."""
    folder = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", BUILD, "--prefix", folder)
    return folder


def pkg_config(prefix, *options):
    config = next(prefix.rglob("chela.pc"))
    env = dict(os.environ, PKG_CONFIG_PATH=str(config.parent))
    variable = f"--define-variable=prefix={prefix}"
    return shlex.split(run("pkg-config", variable, *options, "chela", env=env))


def test_what_is_installed(prefix):
    there = {str(path.relative_to(prefix)) for path in prefix.rglob("*") if path.is_file()}
    for name in ("bin/chela", "libexec/chela/chela-gateway", "include/chela.h",
                 "include/chela_errors.h", "share/man/man1/chela.1"):
        assert name in there, name
    assert any(name.endswith("/libchela.so.0") or "/libchela.so." in name for name in there)
    assert any(name.endswith("/libchela.a") for name in there)


@pytest.fixture(scope="session", params=["shared", "static"])
def program(request, prefix, tmp_path_factory):
    out = tmp_path_factory.mktemp(request.param) / "stream"
    if request.param == "shared":
        flags = pkg_config(prefix, "--cflags", "--libs")
        flags.append(f"-Wl,-rpath,{next(prefix.rglob('libchela.so')).parent}")
    else:
        flags = pkg_config(prefix, "--cflags")
        flags.append(str(next(prefix.rglob("libchela.a"))))
        flags += [flag for flag in pkg_config(prefix, "--libs", "--static") if flag != "-lchela"]
    run("cc", *STRICT, EXAMPLE, "-o", out, *flags)
    return out


def test_the_example_streams_an_answer(program, sandbox_home):
    done = subprocess.run([str(program), "What is 12*7?"], env=sandbox_home.env, text=True,
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 and "84" in done.stdout, done.stdout + done.stderr


def test_the_example_fails_with_a_message(program, tmp_path):
    home = Home(tmp_path, config={"models": {"providers": {"openrouter": {
        "baseUrl": "http://127.0.0.1:1/v1", "models": []}}}}, key="sk-or-v1-x")
    done = subprocess.run([str(program), "x"], env=home.env, text=True, capture_output=True,
                          timeout=60, check=False)
    assert done.returncode == 69 and done.stderr.strip(), done.stdout + done.stderr


def test_the_example_is_short():
    assert len(EXAMPLE.read_text().splitlines()) < 60


@pytest.mark.parametrize("language", ["c", "c++"])
def test_the_header_stands_alone(prefix, tmp_path, language):
    source = tmp_path / "only.c"
    source.write_text("#include <chela.h>\nint main(void) { return chela_version() == 0; }\n")
    run("g++" if language == "c++" else "cc", "-x", language, "-Wall", "-Wextra", "-Werror",
        "-Wpedantic", "-c", source, "-o", tmp_path / "only.o", *pkg_config(prefix, "--cflags"))


def test_the_installed_program_finds_its_sandbox(prefix, tmp_path):
    home = Home(tmp_path)
    done = subprocess.run([prefix / "bin" / "chela", "sandbox", "--fault", "nonsense"],
                          env=home.env, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 64 and "not installed" not in done.stderr, done.stderr


def test_the_static_library_brings_no_names_of_its_own(prefix, tmp_path):
    """A program may have functions called like ours."""
    source = tmp_path / "clash.c"
    source.write_text(
        "#include <chela.h>\n"
        "int buf_add(void); int buf_add(void) { return 0; }\n"
        "int http_run(void); int http_run(void) { return 0; }\n"
        "int main(void) { return chela_version() == 0 || buf_add() || http_run(); }\n")
    run("cc", source, "-o", tmp_path / "clash", *pkg_config(prefix, "--cflags"),
        next(prefix.rglob("libchela.a")),
        *[flag for flag in pkg_config(prefix, "--libs", "--static") if flag != "-lchela"])
    run(tmp_path / "clash")
