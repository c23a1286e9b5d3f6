"""chela at a terminal of its own: what a person sees and types."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time

from support.program import Result, assert_clean, binary

CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"


class Terminal:
    """with Terminal(home, "onboard") as screen: screen.expect("key"); screen.type("x\n")

    script: a shell's, in which "$@" is chela with its words.
    """

    def __init__(self, home, *argv, env=None, patience=20, script=None):
        self.home, self.argv, self.patience = home, list(map(str, argv)), patience
        self.env = {**home.env, **(env or {})}
        shell = ["bash", "-c", script, "bash"] if script else []
        self.command = [*shell, str(binary()), *self.argv]

    def __enter__(self):
        self.near, far = pty.openpty()
        self.usual = termios.tcgetattr(self.near)
        self.process = subprocess.Popen(
            self.command, cwd=self.home.folder, env=self.env, stdin=far, stdout=far, stderr=far,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(far, termios.TIOCSCTTY, 0))
        os.close(far)
        self.raw, self.read_to = b"", 0
        return self

    @property
    def text(self):
        return self.raw.decode("utf-8", "replace").replace("\r\n", "\n")

    def _read(self, seconds):
        """What comes within so many seconds; False at the end."""
        if not select.select([self.near], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.near, 65536)
        except OSError:  # the last one closed it
            return False
        self.raw += piece
        return bool(piece)

    def expect(self, text):
        """Waits until text comes, behind what was expected before."""
        end = time.monotonic() + self.patience
        while (at := self.text.find(text, self.read_to)) < 0:
            open_ = self._read(0.1)
            if (not open_ and text not in self.text[self.read_to:]) or time.monotonic() > end:
                raise AssertionError(f"{text!r} did not come after\n{self.text}")
        self.read_to = at + len(text)

    def type(self, text):
        os.write(self.near, text.encode())

    @property
    def echoes(self):
        return bool(termios.tcgetattr(self.near)[3] & termios.ECHO)

    def wait_until_hidden(self):
        """The question is seen before the echo is off: nobody types that fast."""
        end = time.monotonic() + self.patience
        while self.echoes:
            assert time.monotonic() < end, f"what is typed would be seen\n{self.text}"
            time.sleep(0.01)

    def end(self):
        """Waits for the program's end: its Result, with all that was seen as `out`."""
        end = time.monotonic() + self.patience
        while self._read(0.1) and time.monotonic() < end:
            if self.process.poll() is not None and not select.select([self.near], [], [], 0.1)[0]:
                break
        code = self.process.wait(timeout=self.patience)
        result = Result(["chela", *self.argv], code, self.text.encode(), self.text.encode())
        if code not in (-signal.SIGINT, -signal.SIGTERM, -signal.SIGHUP):
            assert_clean(result)
        assert termios.tcgetattr(self.near) == self.usual, "the terminal is not as it was"
        return result

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.near)
