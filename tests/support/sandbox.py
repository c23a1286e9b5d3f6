"""`chela sandbox` for the length of a test."""
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from support.program import Home, Result, assert_clean

READY = re.compile(r"^chela sandbox on (https?://[\w.\[\]:]+/api/v1)$", re.M)


class Sandbox:
    """with Sandbox("--fault", "…") as sandbox: sandbox.url is its base URL, …/api/v1."""

    def __init__(self, *options, folder=None, patience=20, env=None):
        self.options, self.patience, self.env = options, patience, env
        self._scratch = None if folder else tempfile.TemporaryDirectory(prefix="chela-sandbox-")
        self.folder = Path(folder or self._scratch.name)

    def __enter__(self):
        self.home = Home(self.folder / "sandbox")
        self.log = self.folder / "sandbox.log"  # a pipe nobody reads would fill and block it
        with self.log.open("wb") as log:
            self.process = self.home.start("sandbox", "--port", "0", *self.options, stderr=log,
                                           env=self.env)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.out, end = b"", time.monotonic() + self.patience
        while not (match := READY.search(self.out.decode("utf-8", "replace"))):
            select.select([self.process.stdout], [], [], 0.2)
            self.out += self.process.stdout.read() or b""
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"the sandbox did not get ready: {self.out!r}\n"
                                     + self.log.read_text(errors="replace"))
        self.url = match[1]
        return self

    def config(self, **more):
        """openclaw.json that leads here."""
        provider = {"baseUrl": self.url, "api": "openai-completions", "models": []}
        return {"models": {"providers": {"openrouter": provider}}, **more}

    def __exit__(self, failed, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            out, _ = self.process.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, _ = self.process.communicate()
            if not failed:
                raise AssertionError("the sandbox did not end when asked to") from None
        self.result = Result(["chela", "sandbox", *self.options], self.process.returncode,
                             self.out + (out or b""), self.log.read_bytes())
        if self._scratch:
            self._scratch.cleanup()
        if not failed:
            assert_clean(self.result)
            assert self.result.code == 0, str(self.result)
