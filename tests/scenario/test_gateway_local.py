"""`chela gateway --local`: the models of this machine, with no key and no network."""
import base64
import json
import struct
import subprocess
import time
from pathlib import Path

import pytest

from support.gateway import Gateway
from support.media import ask, json_of
from support.program import ROOT, Home, assert_clean

MODELS = ["sandbox/agent", "local/scene", "local/scene-motion", "local/flite-slt",
          "local/pocketsphinx-en", "local/hash-256"]


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    folder = tmp_path_factory.mktemp("local")
    (folder / "tmp").mkdir()
    with Gateway(folder, options=("--anonymous", "--local", "--workers", "2"),
                 env={"TMPDIR": str(folder / "tmp")}) as gateway:
        yield gateway
    assert not list((folder / "tmp").iterdir()), "the engines' folder is removed at the end"


def test_the_catalogue(local):
    rows = local.ask("/models").json
    assert [row["id"] for row in rows["data"]] == MODELS and rows["total_count"] == len(MODELS)
    assert rows["data"][1]["architecture"]["output_modalities"] == ["image", "text"]
    assert local.ask("/models/count").json["data"]["count"] == len(MODELS)
    for kind, model in (("images", 1), ("videos", 2), ("embeddings", 5)):
        assert [row["id"] for row in local.ask(f"/{kind}/models").json["data"]] == [MODELS[model]]
    assert local.ask("/model/local/scene").json["data"]["id"] == "local/scene"
    endpoints = local.ask("/models/sandbox/agent/endpoints").json["data"]["endpoints"]
    assert [row["provider_name"] for row in endpoints] == ["local"]
    assert local.ask("/models/local/none/endpoints").status == 404


@pytest.mark.parametrize("model", ["sandbox/agent", "openrouter/auto", None])
def test_conversation(local, model):
    body = {"messages": [{"role": "user", "content": "What is 12*7?"}]}
    answer = local.ask("/chat/completions", {**body, **({"model": model} if model else {})})
    assert "84" in answer.json["choices"][0]["message"]["content"]
    assert answer.json["model"] == "sandbox/agent"  # it says who it is, whatever was asked for
    assert "84" in local.chat("sandbox/agent", stream=True, **body).text


def test_other_names_are_not_answered_by_it(local):
    assert local.chat("gpt-4o").status == 400
    assert "OPENROUTER_API_KEY" in local.chat("openai/gpt-4o").json["error"]["message"]
    assert 'did you mean "local/scene"' in local.chat("local/scen").json["error"]["message"]


def test_pictures_sound_and_vectors(local):
    picture = local.ask("/images", {"model": "local/scene", "prompt": "a red crab", "size": "256x256"})
    assert base64.b64decode(picture.json["data"][0]["b64_json"])[1:4] == b"PNG"
    speech = local.ask("/audio/speech", {"model": "local/flite-slt", "response_format": "wav",
                                         "input": "Please open the window and close the door."})
    assert speech.raw[:4] == b"RIFF" and speech.headers["x-generation-id"].startswith("gen-")
    heard = json_of(ask(local.url, "/audio/transcriptions", form=[
        ("model", "local/pocketsphinx-en"), ("file", ("a.wav", speech.raw))]))
    assert "window" in heard["text"] and heard["usage"]["cost"] == 0
    vector = {"model": "local/hash-256", "input": "a crab"}
    floats = local.ask("/embeddings", vector).json["data"][0]["embedding"]
    packed = local.ask("/embeddings", {**vector, "encoding_format": "base64"}).json["data"][0]["embedding"]
    assert struct.unpack("<256f", base64.b64decode(packed)) == pytest.approx(floats, abs=1e-6)


def test_a_film(local):
    job = local.ask("/videos", {"model": "local/scene-motion", "prompt": "a boat", "duration": 1}).json
    end = time.monotonic() + 60
    while (state := local.ask("/videos/" + job["id"]).json)["status"] != "completed":
        assert state["status"] in ("pending", "in_progress") and time.monotonic() < end, state
        time.sleep(0.1)
    path = state["unsigned_urls"][0][len(local.url):]
    assert local.ask(path).raw[4:8] == b"ftyp"


def test_chelas_own_client(local, tmp_path):
    home = Home(tmp_path, key="sk-or-v1-any", config={"models": {"providers": {
        "openrouter": {"baseUrl": local.url, "models": []}}}})
    for words, model, head in (
            (("image", "generate", "--prompt", "a crab", "--output", "a.png"), "scene", b"\x89PNG"),
            (("video", "generate", "--prompt", "a crab", "--output", "a.mp4", "--duration", "1"),
             "scene-motion", b"\0\0\0"),
            (("tts", "convert", "--text", "Good morning", "--output", "a.mp3"), "flite-slt", None)):
        done = home.run("infer", *words, "--model", "openrouter/local/" + model, "--json")
        assert done.code == 0, str(done)
        assert_clean(done)
        file = Path(done.json["outputs"][0]["path"]).read_bytes()
        assert len(file) > 500 and (head is None or file.startswith(head))


def test_the_openai_sdk(local):
    cases = ["chat", "stream", "completion", "tools", "image", "image_edit", "speech_and_transcription", "embeddings"]
    done = subprocess.run(["node", ROOT / "tests/clients/openai.mjs", local.url, *cases], check=False,
                          env={**local.home.env, "LOCAL_MODELS": "1"}, capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert sorted(found) == sorted(cases) and all(value is True for value in found.values()), found


def test_beside_others(lab, tmp_path):
    """Switched on by the configuration; lists of openrouter.ai and its own are joined."""
    film = {"id": "google/veo", "supported_durations": [4]}
    lab.serve([{"on": "GET /v1/videos/models$", "replies": [{"json": {"data": [film]}}]},
               {"on": "GET /v1/images/models$", "replies": [{"status": 500, "json": {}}]},
               {"on": "POST /v1/chat/completions$", "replies": [{"answer": ["Hello"]}]}])
    rows = [{"id": "bench", "name": "Bench"}]
    providers = {"openrouter": {"baseUrl": lab.plain_url + "/v1", "apiKey": "sk-or-v1-0123456789"},
                 "fake": {"baseUrl": lab.plain_url + "/v1", "models": rows}}
    with Gateway(tmp_path, providers, {"local": True}) as gateway:
        ids = [row["id"] for row in gateway.ask("/videos/models").json["data"]]
        assert ids == ["google/veo", "local/scene-motion"]
        assert lab.upstream.seen[-1].headers["authorization"] == "Bearer sk-or-v1-0123456789"
        ids = [row["id"] for row in gateway.ask("/images/models").json["data"]]
        assert ids == ["local/scene"]  # who fails is left out
        ids = [row["id"] for row in gateway.ask("/models").json["data"]]
        assert "fake/bench" in ids and ids.count("openrouter/auto") == 1 and set(MODELS) <= set(ids)
        auto = gateway.chat("openrouter/auto").json["choices"][0]["message"]["content"]
        assert auto == "Hello"  # whoever has a key for OpenRouter gets OpenRouter's choice


def test_a_client_with_a_key(tmp_path):
    """Whoever a key let in has left by the end, lists too."""
    key = "sk-client-0123456789"
    with Gateway(tmp_path, own={"keys": [key]}, options=("--local",)) as gateway:
        for path in ("/models", "/videos/models", "/model/local/scene", "/models/local/none/endpoints"):
            assert gateway.ask(path).status == 401
            assert gateway.ask(path, authorization="Bearer " + key).status in (200, 404)


def test_the_name_is_taken(home):
    home.write("home/.openclaw/openclaw.json", {"models": {"providers": {"local": {
        "baseUrl": "http://127.0.0.1:9/v1", "models": []}}}}, 0o600)
    refused = home.run("gateway", "--port", "0", "--anonymous", "--local")
    assert refused.code == 78 and "models.providers.local" in refused.err
