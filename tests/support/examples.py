"""Examples in the documentation, run as a reader would type them.

An example is a line that starts with "$ " in a ```console block of a Markdown file or in a literal
display of a man page. The lines after it, up to the next "$ " or the end of the block, are what it
prints; "…" stands for anything within a line, and alone on a line for any lines.
"""
import os
import re
import signal
import subprocess
import time

from support.program import binary

FENCE = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
DISPLAY = re.compile(r"^\.Bd -literal.*?\n(.*?)^\.Ed", re.M | re.S)
ROFF = {r"\e": "\\", r"\-": "-", r"\&": "", r"\(dq": '"', r"\(aq": "'"}
# What stands in for commands of the reader's that examples pipe from.
STANDINS = {"git": "printf 'diff --git a/x b/x\\n-one\\n+two\\n'"}


class Example:
    def __init__(self, place, command, expected):
        self.place, self.command, self.expected = place, command, expected

    @property
    def serves(self):
        """Goes on until it is stopped."""
        return bool(re.match(r"chela (sandbox|gateway)( -|$)", self.command)) and "--help" not in self.command

    @property
    def makes(self):
        """The files that it is said to write."""
        return re.findall(r"--output (\S+\.\w+)", self.command) if "explain" not in self.command else []

    def matches(self, output):
        if not self.expected:
            return True
        pattern = "\n".join(self._line(line) for line in self.expected)
        pattern = pattern.replace("\n\0\n", r"\n(?:.*\n)*?").replace("\n\0", r"(?:\n.*)*")
        return re.fullmatch(pattern, "\n".join(line.rstrip() for line in output.strip().split("\n")))

    @staticmethod
    def _line(line):
        if line.strip() in ("…", "..."):
            return "\0"
        return ".*".join(map(re.escape, line.rstrip().split("…")))


def blocks(path):
    """The blocks of a file: lists of examples, each block's in order."""
    text = path.read_text()
    roff = path.suffix != ".md"
    found = []
    for match in (DISPLAY if roff else FENCE).finditer(text):
        body = match[1]
        for escape, plain in (ROFF if roff else {}).items():
            body = body.replace(escape, plain)
        start = text.count("\n", 0, match.start(1)) + 1
        found.append(list(_examples(path.name, start, body.replace("\\\n", " \\\n").split("\n"))))
    return [block for block in found if block]


def _examples(name, start, lines):
    current = None
    joining = False
    for number, line in enumerate(lines, start):
        if joining:
            current.command += " " + line.rstrip(" \\").strip()
        elif line.startswith("$ "):
            if current:
                yield current
            current = Example(f"{name}:{number}", line[2:].rstrip(" \\"), [])
        elif current and line.strip():
            current.expected.append(line)
        joining = bool(current) and line.endswith("\\")
    if current:
        yield current


def prepare(home):
    """A PATH where `chela` is the program under test, and files that examples name."""
    tools = home.folder / "tools"
    tools.mkdir()
    (tools / "chela").symlink_to(binary())
    for name, script in STANDINS.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    home.env["PATH"] = f"{tools}:{home.env['PATH']}"


def run(home, example):
    """What is wrong with an example, or None; and a process when it is one that serves."""
    if example.serves:
        return _serve(home, example)
    done = subprocess.run(["bash", "-o", "pipefail", "-c", example.command], cwd=home.folder,
                          env=home.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, text=True, check=False)
    if not example.matches(done.stdout):
        return f"{example.place}: $ {example.command}\nprints\n{done.stdout}", None
    if done.returncode and not example.expected:
        return f"{example.place}: $ {example.command}\nexit {done.returncode}\n{done.stdout}", None
    for name in example.makes:
        path = home.folder / name
        if not path.exists() or not path.stat().st_size:
            return f"{example.place}: $ {example.command}\nthere is no {name}\n{done.stdout}", None
    return None, None


def _serve(home, example):
    command = example.command.rstrip("& ")
    process = subprocess.Popen(["bash", "-c", "exec " + command], cwd=home.folder, env=home.env,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    os.set_blocking(process.stdout.fileno(), False)
    output, end = "", time.monotonic() + 20
    wanted = max(1, len(example.expected))
    while output.count("\n") < wanted and time.monotonic() < end and process.poll() is None:
        output += process.stdout.read() or ""
        time.sleep(0.05)
    if not example.matches(output) or not output:
        process.kill()
        process.communicate()
        return f"{example.place}: $ {example.command}\nprints\n{output}", None
    return None, process


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
