"""chela against an upstream that nobody here has written: the npm package @copilotkit/aimock."""
import re
import select
import subprocess
import time

import pytest

from support.program import ROOT, Home

CLIENTS = ROOT / "tests" / "clients"
# The CommonJS build: the other one wants a newer Node than Debian 12 has.
AIMOCK = CLIENTS / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.cjs"


@pytest.fixture(scope="module")
def aimock():
    assert AIMOCK.exists(), "the clients are not installed: (cd tests/clients && npm ci)"
    process = subprocess.Popen(
        ["node", str(AIMOCK), "--port", "0", "--fixtures", str(CLIENTS / "fixtures"), "--strict",
         "--chunk-size", "7", "--latency", "5"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=CLIENTS)
    url, said, end = None, "", time.monotonic() + 30
    while not url and time.monotonic() < end and process.poll() is None:
        if select.select([process.stdout], [], [], 0.5)[0]:
            said += process.stdout.readline()
            match = re.search(r"listening on (http://\S+)", said)
            url = match and match[1]
    assert url, said
    yield url + "/api/v1"
    process.terminate()
    process.communicate(timeout=10)


@pytest.fixture
def client(aimock, tmp_path):
    return Home(tmp_path, key="sk-or-v1-x", config={"models": {"providers": {"openrouter": {
        "baseUrl": aimock, "models": []}}}})


def ask(client, prompt, *more):
    return client.run("infer", "model", "run", "--model", "openrouter/auto", "--prompt", prompt,
                      *more)


def test_streams_its_answer(client):
    result = ask(client, "Who answers?")
    assert result.code == 0, str(result)
    assert result.out == "An upstream that nobody here has written, in several pieces.\n"


def test_reads_its_usage(client):
    envelope = ask(client, "Who answers?", "--json").json
    assert envelope["ok"] is True and envelope["usage"]["completion_tokens"] > 0


def test_reads_its_reasoning(client):
    envelope = ask(client, "Think first", "--json").json
    assert envelope["outputs"] == [{"text": "42"}] and envelope["reasoning"] == "Six times seven."


def test_understands_its_error(client):
    result = ask(client, "nothing that a fixture knows", "--json")
    assert result.code not in (0, 70) and result.json["error"]["message"], str(result)
