"""Runs chela in a home of its own."""
import json
import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEAKS = Path(__file__).with_name("leaks.txt")
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99",
    "LSAN_OPTIONS": f"suppressions='{LEAKS}':print_suppressions=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99",
}
BASE_ENV = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "dumb", "TZ": "UTC",
            "NO_COLOR": "1", **SANITIZERS}


def binary(name="chela", presets=("asan", "release")):
    """The program under test: $CHELA, or what a preset left in build/."""
    if name == "chela" and os.environ.get("CHELA"):
        return Path(os.environ["CHELA"]).resolve()
    for preset in presets:
        path = ROOT / "build" / preset / "bin" / name
        if path.exists():
            return path
    raise FileNotFoundError(
        f"{name} is not built: cmake --preset {presets[0]} && cmake --build --preset {presets[0]}")


class Result:
    def __init__(self, argv, code, out, err):
        self.argv, self.code, self.raw_out, self.raw_err = argv, code, out, err
        self.out, self.err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return (f"$ {' '.join(self.argv)}\nexit {self.code}\n--- stdout\n{self.out[-2000:]}"
                f"\n--- stderr\n{self.err[-4000:]}")


class Home:
    """A scratch HOME with a configuration; runs chela in it.

    config: an object, or text as it stands in openclaw.json; None: no file.
    key: stored as OpenClaw's auth profile; None: none.
    """

    def __init__(self, folder, config=None, key=None, env=None):
        self.folder = Path(folder)
        self.home = self.folder / "home"
        self.state = self.home / ".openclaw"
        self.state.mkdir(parents=True, mode=0o700)
        self.env = dict(BASE_ENV, HOME=str(self.home), OPENCLAW_STATE_DIR=str(self.state),
                        XDG_CONFIG_HOME=str(self.home / ".config"),
                        XDG_STATE_HOME=str(self.home / ".state"),
                        XDG_CACHE_HOME=str(self.home / ".cache"),
                        XDG_DATA_HOME=str(self.home / ".data"),
                        XDG_RUNTIME_DIR=str(self.folder), **(env or {}))
        if config is not None:
            text = config if isinstance(config, str) else json.dumps(config, indent=2)
            self.write("home/.openclaw/openclaw.json", text, 0o600)
        if key is not None:
            self.store_key(key)

    def write(self, path, content, mode=0o644):
        """A file under the scratch folder; a dict or list is written as JSON."""
        path = self.folder / path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(mode)
        return path

    def store_key(self, key, **more):
        profile = {"type": "api_key", "provider": "openrouter", **more}
        if key:
            profile["key"] = key
        self.write("home/.openclaw/agents/main/agent/auth-profiles.json",
                   {"version": 1, "profiles": {"openrouter:default": profile}}, 0o600)

    def tree(self):
        """Every file under HOME with its bytes: to see that nothing was written."""
        return {str(path.relative_to(self.home)): path.read_bytes() if path.is_file() else None
                for path in sorted(self.home.rglob("*"))}

    def run(self, *argv, stdin=None, env=None, timeout=60):
        """One command to its end. A sanitizer's finding or a signal fails the test at once."""
        command = [str(binary()), *map(str, argv)]
        data = stdin.encode() if isinstance(stdin, str) else stdin
        given = {"input": data} if data is not None else {"stdin": subprocess.DEVNULL}
        done = subprocess.run(command, cwd=self.folder, env={**self.env, **(env or {})},
                              capture_output=True, timeout=timeout, check=False, **given)
        result = Result(["chela", *map(str, argv)], done.returncode, done.stdout, done.stderr)
        assert_clean(result)
        return result

    def start(self, *argv, env=None, program=None, **popen):
        """One command left running; the caller ends it."""
        popen = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                 "stderr": subprocess.PIPE, **popen}
        return subprocess.Popen([str(program or binary()), *map(str, argv)], cwd=self.folder,
                                env={**self.env, **(env or {})}, **popen)


def assert_clean(result):
    if result.code < 0:
        raise AssertionError(f"died of {signal.Signals(-result.code).name}\n{result}")
    for mark in ("AddressSanitizer", "LeakSanitizer", "runtime error:"):
        if mark in result.err:
            raise AssertionError(f"{mark}\n{result}")
