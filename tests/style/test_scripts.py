"""quickstart and check: what they install, when they ask, what they say of wrong words."""
import subprocess

import pytest

from support import tree

pytestmark = pytest.mark.fast
PACKAGES = tree.ROOT / "packaging" / "packages.sh"


@pytest.fixture
def machine(tmp_path):
    """A PATH of stand-ins that note how they were called: machine(script, user=1000, sudo=True)."""
    notes = tmp_path / "notes"
    notes.touch()

    def tool(name, body):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run(script, user=1000, sudo=True, keep=("env", "cat", "sort", "bash")):
        tool("id", f"echo {user}")
        tool("apt-get", f'echo "apt-get $*" >>{notes}')
        if sudo:
            tool("sudo", f'echo "sudo $*" >>{notes}; exec "$@"')
        for name in keep:
            (tmp_path / name).symlink_to(f"/usr/bin/{name}")
        done = subprocess.run(["/usr/bin/bash", "-c", f". {PACKAGES}; {script}"],
                              env={"PATH": str(tmp_path)}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=30)
        return done, notes.read_text().splitlines()
    return run


def test_only_what_is_missing_is_named(machine):
    done, _ = machine("printf 'cmd bash bash\\ncmd nothing-here first\\nfile /nowhere second\\n"
                      "cmd nothing-here first\\n' | missing_packages")
    assert done.stdout.split() == ["first", "second"]


def test_asks_before_it_uses_sudo(machine):
    done, called = machine("may_install ask one two")
    assert done.returncode != 0 and called == []
    assert "missing: one two" in done.stdout and "--yes" in done.stderr


def test_told_yes_it_uses_sudo(machine):
    done, called = machine("may_install yes one two && install_packages one two")
    assert done.returncode == 0, done.stderr
    apt = [line for line in called if line.startswith("apt-get")]
    assert apt == ["apt-get update -q", "apt-get install -q -y --no-install-recommends one two"]
    assert called[0].startswith("sudo ")


def test_root_needs_no_sudo(machine):
    done, called = machine("may_install ask one && install_packages one", user=0)
    assert done.returncode == 0 and not any(line.startswith("sudo") for line in called)


def test_without_sudo_it_says_what_to_type(machine):
    done, called = machine("may_install yes one", sudo=False)
    assert done.returncode != 0 and called == []
    assert "apt-get install --no-install-recommends one" in done.stderr


@pytest.mark.parametrize("script", ["check", "quickstart"])
def test_words(script):
    run = lambda *words: subprocess.run([tree.ROOT / script, *words], capture_output=True, text=True,
                                        check=False, timeout=30)
    assert run("--help").returncode == 0 and "usage: ./" + script in run("--help").stdout
    assert run("--nonsense").returncode == 64


def test_the_lock_names_no_registry():
    assert "resolved" not in tree.text(tree.ROOT / "tests" / "clients" / "package-lock.json")
