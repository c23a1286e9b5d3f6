"""clang-tidy over src, two files at a time: python3 tidy.py shows how far it is.

It takes seconds a file, so what it said is kept under build/check/tidy, under a hash of everything
that it depends on: the file, the headers it reaches, its command line, .clang-tidy, the tool.
"""
import concurrent.futures
import hashlib
import json
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support import tree  # noqa: E402

FILES = tree.files(".c", under=("src", "engines"))
BUILD = tree.ROOT / "build" / "clang"
KEPT = tree.ROOT / "build" / "check" / "tidy"
CHATTER = re.compile(r"\d+ warnings? (generated|treated)|Suppressed|Use -header")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


@lru_cache
def commands():
    """The command line of each file that the clang preset compiles."""
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    return {entry["file"]: entry["command"] for entry in entries}


@lru_cache
def reached(path):
    """The headers of ours that a file includes, and those that they include."""
    found = set()
    for header in INCLUDE.findall(tree.text(path)):
        for place in (tree.ROOT / "src" / header, tree.ROOT / "include" / header,
                      tree.ROOT / header, path.parent / header):
            if place.exists():
                found |= {place.resolve()} | reached(place.resolve())
                break
    return frozenset(found)


@lru_cache
def version():
    return subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True,
                          check=True).stdout


def verdict_file(path):
    parts = [version(), commands().get(str(path), ""), tree.text(tree.ROOT / ".clang-tidy")]
    parts += [tree.text(one) for one in [path, *sorted(reached(path))]]
    return KEPT / hashlib.sha256("\0".join(parts).encode()).hexdigest()


def findings(path):
    """What clang-tidy has to say about a file; "" when nothing."""
    verdict = verdict_file(path)
    if verdict.exists():
        return verdict.read_text()
    done = subprocess.run(["nice", "clang-tidy", "--quiet", "-p", str(BUILD), str(path)],
                          capture_output=True, text=True, check=False, cwd=tree.ROOT)
    said = [line for line in (done.stdout + done.stderr).splitlines() if not CHATTER.match(line)]
    text = "" if done.returncode == 0 else "\n".join(said) or f"exit {done.returncode}"
    KEPT.mkdir(parents=True, exist_ok=True)
    temporary = verdict.with_suffix(".new")
    temporary.write_text(text)
    temporary.rename(verdict)
    return text


def all_findings(tell=lambda number, path: None):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = {pool.submit(findings, path): path for path in FILES}
        for number, done in enumerate(concurrent.futures.as_completed(waiting), 1):
            tell(number, waiting[done])
        return {path: done.result() for done, path in waiting.items()}


if __name__ == "__main__":
    all_findings(lambda number, path: print(f"{number}/{len(FILES)} {tree.name(path)}", flush=True))
