"""Kills chela where a system call would have begun, by strace: each step is truly hit, without sleeping
and hoping. strace counts each name by itself, so a call is a name and which of that name."""
import re
import subprocess
from collections import Counter

from support.program import binary

# What writes, makes lasting, puts in place, removes, or sends.
CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink,connect,sendto"
NO_LEAK_CHECK = {"ASAN_OPTIONS": "detect_leaks=0"}  # it cannot look under ptrace
PLAIN_END = (0, -9, 137)


def strace(home, argv, *options, log="/dev/null"):
    done = subprocess.run(["strace", "-f", "-qq", "-o", log, *options, str(binary()), *argv],
                          env={**home.env, **NO_LEAK_CHECK}, cwd=home.folder, capture_output=True,
                          timeout=120, check=False)
    assert done.returncode in PLAIN_END, done.stderr.decode()
    return done.returncode == 0


def calls_of(home, argv, calls=CALLS, only=()):
    """Runs chela to its end: [(name, which of that name)] as they were made. only: strace's -P options."""
    log, count, made = home.folder / "calls", Counter(), []
    assert strace(home, argv, "-e", f"trace={calls}", *only, log=log), "it failed without being killed"
    for name in re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.M):
        count[name] += 1
        made.append((name, count[name]))
    return made


def killed_at(home, argv, call, nth, only=()):
    """Killed before its nth call of that name. False: it got through."""
    return not strace(home, argv, "-e", f"inject={call}:signal=SIGKILL:when={nth}", *only)
