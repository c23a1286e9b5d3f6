"""chela against an upstream that nobody here has written: the npm package @copilotkit/aimock."""
import os
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
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=CLIENTS)
    url, said, end = None, "", time.monotonic() + 30
    while not url and time.monotonic() < end and process.poll() is None:
        if select.select([process.stdout], [], [], 0.5)[0]:
            said += os.read(process.stdout.fileno(), 4096).decode()  # several lines may have come
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


def test_a_video_job(client):
    result = client.run("infer", "video", "generate", "--prompt", "waves on a beach", "--output",
                        "film.mp4", "--json")
    assert result.code == 0, str(result)
    assert (client.folder / "film.mp4").read_bytes()[4:12] == b"ftypisom"
    assert result.json["job"]["state"] == "saved" and result.json["usage"]["cost"] == 0.25


def test_speech(client):
    result = client.run("infer", "tts", "convert", "--text", "Hear the tide", "--output", "tide.mp3")
    assert result.code == 0, str(result)
    assert (client.folder / "tide.mp3").read_bytes()[:2] == b"\xff\xfb"


def test_a_picture(client):
    result = client.run("infer", "image", "generate", "--prompt", "a lighthouse", "--output",
                        "light.png", "--json")
    assert result.code == 0, str(result)
    assert result.json["outputs"][0]["mimeType"] == "image/png"


def test_a_video_job_that_fails(client):
    result = client.run("infer", "video", "generate", "--prompt", "a film that fails", "--output",
                        "film.mp4", "--json")
    assert result.code not in (0, 70) and result.json["job"]["state"] == "failed", str(result)
    assert "the model could not film this" in result.json["error"]["message"]
    assert not (client.folder / "film.mp4").exists()


def test_an_edited_picture(client):
    result = client.run("infer", "image", "generate", "--prompt", "a lighthouse", "--output", "light.png")
    assert result.code == 0, str(result)
    result = client.run("infer", "image", "edit", "--file", "light.png", "--prompt",
                        "a lighthouse at night", "--output", "night.png", "--json")
    assert result.code == 0 and (client.folder / "night.png").read_bytes()[:4] == b"\x89PNG", str(result)


def test_a_reply_is_spoken(aimock, tmp_path):
    home = Home(tmp_path, key="sk-or-v1-x", config={"messages": {"tts": {"auto": "tagged"}}, "models": {
        "providers": {"openrouter": {"baseUrl": aimock, "models": []}}}})
    result = home.run("agent", "--message", "Tell me aloud", "--json")
    text, sound = result.json["outputs"]
    assert text["text"] == "Here it is in words." and sound["mimeType"] == "audio/mpeg", str(result)


def test_a_picture_in_a_conversation(client):
    result = client.run("agent", "--message", "Paint it in this conversation", "--json")
    text, picture = result.json["outputs"]
    assert text["text"] == "There is your lighthouse now.", str(result)
    assert picture["mimeType"] == "image/png" and result.json["toolCalls"][0]["ok"] is True
