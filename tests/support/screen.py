"""A command on a real terminal: tmux holds it, a test types and looks."""
import re
import shlex
import subprocess
import time
from pathlib import Path

from support.program import assert_clean, binary, Result


class Screen:
    """with Screen(home, "chat") as t: t.type("hi", "Enter"); t.wait("hello")

    The screen is tmux's: wide characters, breaking of lines, a new size are those of a terminal
    that people use.
    """

    count = 0  # each has a server of its own

    def __init__(self, home, *words, columns=80, rows=24, env=None):
        self.home, self.words = home, words
        Screen.count += 1
        self.socket = str(home.folder / f"tmux{Screen.count}")
        self.columns, self.rows = columns, rows
        self.env = {**home.env, "NO_COLOR": "", **(env or {})}
        self.env.pop("TERM", None)  # tmux says what it is, unless the test does
        if env and "TERM" in env:
            self.env["TERM"] = env["TERM"]

    def _tmux(self, *words):
        done = subprocess.run(["tmux", "-S", self.socket, "-f", "/dev/null", *words],
                              capture_output=True, text=True, check=False, timeout=20,
                              env={"PATH": self.env["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"})
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout

    def __enter__(self):
        self.err = self.home.folder / "terminal.err"
        settings = " ".join(shlex.quote(f"{name}={value}") for name, value in self.env.items())
        line = (f"trap : INT; cd {shlex.quote(str(self.home.folder))}; "
                f"env -i TERM=$TERM {settings} {shlex.join([str(binary()), *self.words])} "
                f"2>{shlex.quote(str(self.err))}; echo \"[exit $?]\"; stty -a | grep -o ' -\\?icanon'; sleep 100")
        self._tmux("new-session", "-d", "-x", str(self.columns), "-y", str(self.rows),
                   "sh", "-c", line)
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        assert_clean(Result(self.words, 0, b"", self.err.read_bytes()))

    def process(self):
        """The id of the command's process."""
        shell = self._tmux("display-message", "-p", "#{pane_pid}").strip()
        return int(Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

    def type(self, *keys):
        """Keys as tmux names them: "Enter", "C-c", "M-Enter", "Up"; other words are typed."""
        self._tmux("send-keys", *keys)

    def text(self, text):
        self._tmux("send-keys", "-l", text)

    def ask(self, text):
        self.text(text)
        self.type("Enter")

    def paste(self, text):
        self._tmux("set-buffer", text)
        self._tmux("paste-buffer", "-p")

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self):
        return self._tmux("capture-pane", "-p").rstrip("\n") + "\n"

    def everything(self):
        """The screen, and what has left it."""
        return self._tmux("capture-pane", "-p", "-S", "-").rstrip("\n") + "\n"

    def styled(self):
        return self._tmux("capture-pane", "-p", "-e")

    def wait(self, pattern, seconds=15, above=False):
        """Until the screen has it; above: or what has left it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            screen = self.everything() if above else self.screen()
            if re.search(pattern, screen, re.M):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} on the screen:\n{self.screen()}\n"
                             + self.err.read_text(errors="replace"))
