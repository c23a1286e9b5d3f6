"""`chela gateway` for the length of a test."""
import http.client
import json
import os
import re
import select
import signal
import time
import urllib.parse

from support.program import SANITIZERS, Home, Result, assert_clean, binary

CHAT = "POST /chat/completions$"
HELLO = {"answer": ["Hel", "lo"]}
# For tests that measure memory: what was freed would count as in use.
NO_QUARANTINE = {"ASAN_OPTIONS": SANITIZERS["ASAN_OPTIONS"]
                 + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}
READY = re.compile(r"^chela gateway on (https?://[\w.\[\]:]+/api/v1)$", re.M)


def always(*answers):
    """Rules for the lab: these, whatever is asked."""
    return [{"on": CHAT, "replies": list(answers)}]


def provider(host, *models, **more):
    """An entry of models.providers."""
    rows = [{"id": model, "name": model} if isinstance(model, str) else model
            for model in models or ("bench",)]
    return {"baseUrl": host, "api": "openai-completions", "models": rows, **more}


class Answer:
    """What a client got."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.whole = True
        try:
            self.raw = response.read()
        except (http.client.IncompleteRead, ConnectionError) as failure:
            self.raw, self.whole = getattr(failure, "partial", b""), False

    @property
    def json(self):
        return json.loads(self.raw)

    @property
    def events(self):
        """The data of each event: objects, and "[DONE]"."""
        found = []
        for block in self.raw.decode().split("\n\n"):
            for line in block.split("\n"):
                if line.startswith("data: "):
                    found.append(line[6:] if line == "data: [DONE]" else json.loads(line[6:]))
        return found

    @property
    def text(self):
        """All content of a stream."""
        return "".join(choice["delta"].get("content") or "" for event in self.events
                       if isinstance(event, dict) for choice in event.get("choices", []))

    @property
    def finish(self):
        """The last finish_reason of a stream."""
        reasons = [choice["finish_reason"] for event in self.events if isinstance(event, dict)
                   for choice in event.get("choices", []) if choice.get("finish_reason")]
        return reasons[-1] if reasons else None


class Gateway:
    """with Gateway(folder, providers={…}, own={…}) as gateway: gateway.url is …/api/v1.

    release: the program as it is shipped, for what sanitizers would blur: memory and time.
    """

    def __init__(self, folder, providers=None, own=None, *, options=("--anonymous",), env=None,
                 key=None, more=None, release=False):
        self.program = binary(presets=("release",)) if release else None
        self.home = Home(folder / "gateway", key=key, env=env)
        self.configure(providers or {}, own, more)
        self.options = ("--workers", "1", *options)

    def configure(self, providers, own=None, more=None):
        config = {"models": {"providers": providers}, **(more or {})}
        self.home.write("home/.openclaw/openclaw.json", config, 0o600)
        if own is not None:
            self.home.write("home/.config/chela/chela.json5", {"gateway": own}, 0o600)

    def __enter__(self):
        self.log = self.home.folder / "gateway.log"
        with self.log.open("wb") as log:
            self.process = self.home.start("gateway", "--port", "0", *self.options, stderr=log,
                                           program=self.program)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.out, end = b"", time.monotonic() + 20
        while not (match := READY.search(self.out.decode("utf-8", "replace"))):
            select.select([self.process.stdout], [], [], 0.1)
            self.out += self.process.stdout.read() or b""
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"the gateway did not get ready: {self.log.read_text()}")
        self.url = match[1]
        self.host = urllib.parse.urlsplit(self.url).netloc
        return self

    def __exit__(self, failed, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=30)
        self.result = Result(["chela", "gateway"], self.process.returncode, self.out + (out or b""),
                             self.log.read_bytes())
        if not failed:
            assert_clean(self.result)
            assert self.result.code == 0, str(self.result)

    def connect(self):
        return http.client.HTTPConnection(self.host, timeout=30)

    def ask(self, path, body=None, method=None, **headers):
        """One request to a path below the base URL, or to one that begins with "//"."""
        connection = self.connect()
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        target = path[1:] if path.startswith("//") else "/api/v1" + path
        connection.request(method or ("GET" if body is None else "POST"), target, data,
                           {name.replace("_", "-"): value for name, value in headers.items()})
        answer = Answer(connection.getresponse())
        connection.close()
        return answer

    def chat(self, model="fake/bench", stream=False, headers=None, **more):
        body = {"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]}
        return self.ask("/chat/completions", {**body, **more}, **(headers or {}))

    def most_memory(self):
        """MB that were ever resident at once."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            rows = dict(line.split(":", 1) for line in status)
        return int(rows["VmHWM"].split()[0]) // 1024

    def counter(self, name):
        text = self.ask("//metrics").raw.decode()
        return int(re.search(rf"^chela_gateway_{name} (\d+)$", text, re.M)[1])

    @property
    def worked(self):
        """Milliseconds of CPU of its main thread."""
        with open(f"/proc/{self.process.pid}/schedstat", encoding="ascii") as told:
            return int(told.read().split()[0]) / 1e6

    @property
    def resident(self):
        """KB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
