"""Other people's clients from npm: against gateway + sandbox, and against a gateway whose upstream misbehaves.

What each client makes of a trouble is fixed in the tables here: the gateway must never let one take half
an answer for a whole one.
"""
import json
import subprocess
import time

import pytest

from support import replies
from support.gateway import Gateway, provider
from support.program import ROOT

CLIENTS = ROOT / "tests" / "clients"
OPENAI, OPENROUTER, AI = "openai_tasks", "openrouter_sdk", "ai_sdk"
LC_OPENAI, LC_OPENROUTER = "langchain_openai", "langchain_openrouter"
ALL = [OPENAI, OPENAI + ":helper", OPENROUTER, AI, LC_OPENAI, LC_OPENROUTER]
EMBEDDERS = [OPENAI, OPENROUTER, AI, LC_OPENAI]


def run(client, url, tasks):
    """{task's name: what the client saw}"""
    assert (CLIENTS / "node_modules" / "@openrouter").exists(), (
        "the clients are not installed: (cd tests/clients && npm ci)")
    done = subprocess.run(["node", f"{client}.mjs", url, json.dumps(tasks)], cwd=CLIENTS,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


# ---- gateway + sandbox ----

@pytest.fixture(scope="module")
def answers(sandbox, tmp_path_factory):
    """{client: {task: outcome}}"""
    providers = {"openrouter": {"baseUrl": sandbox.url, "apiKey": "sk-or-v1-0123456789",
                                "models": [{"id": "sandbox/agent", "name": "Agent"}]}}
    found = {}
    with Gateway(tmp_path_factory.mktemp("real"), providers) as gateway:
        for client in dict.fromkeys(name.partition(":")[0] for name in ALL):
            ask = {"model": "openrouter/auto"}
            call = {**ask, "tools": True, "prompt": "What is the weather in Lima?"}
            tasks = [{"name": f"{does}{' with tools' if task is call else ''}", "does": does, **task}
                     for does in ("chat", "stream", *(["helper"] if client == OPENAI else []))
                     for task in (ask, call)]
            if client in EMBEDDERS:
                tasks.append({"name": "embed", "does": "embed", "model": "local/hash-256"})
            if client in (OPENAI, OPENROUTER):
                tasks.append({"name": "models", "does": "models"})
            found[client] = run(client, gateway.url, tasks)
    return found


def outcome(found, client, does, name):
    client, _, helper = client.partition(":")
    return found[client][name if does == "chat" or not helper else name.replace("stream", "helper")]


@pytest.mark.parametrize("client", ALL)
@pytest.mark.parametrize("does", ["chat", "stream"])
def test_an_answer(answers, client, does):
    seen = outcome(answers, client, does, does)
    assert "84" in seen["text"] and seen["finish"] == "stop" and "error" not in seen, seen
    if (client, does) != (LC_OPENROUTER, "stream"):  # which passes none on
        assert seen["tokens"][0] > 0 and seen["tokens"][1] > 0, seen


@pytest.mark.parametrize("client", ALL)
@pytest.mark.parametrize("does", ["chat", "stream"])
def test_a_tool_call(answers, client, does):
    seen = outcome(answers, client, does, f"{does} with tools")
    assert seen["call"] == {"name": "get_weather", "arguments": {"city": "Lima"}}, seen
    assert seen["finish"] in ("tool_calls", "tool-calls"), seen


@pytest.mark.parametrize("client", EMBEDDERS)
def test_embeddings(answers, client):  # the openai SDK asks for base64, which it does not say
    assert answers[client]["embed"]["lengths"] == [256, 256], answers[client]["embed"]


def test_catalogues(answers):
    assert "sandbox/agent" in answers[OPENAI]["models"]["ids"]
    seen = answers[OPENROUTER]["models"]
    assert "error" not in seen and seen["count"] == len(seen["ids"]), seen
    assert "openrouter" in seen["providers"]


# ---- an upstream in trouble ----

ROLE, ONE, TWO = (replies.chunk({"role": "assistant", "content": text}) for text in ("", "one ", "two"))
STOP = replies.chunk({}, finish="stop")
USAGE = replies.chunk({}, usage=replies.USAGE)
WHOLE = [ROLE, ONE, TWO, STOP, USAGE, "[DONE]"]
CALL = [replies.chunk({"role": "assistant", "content": None, "tool_calls": [
    {"index": 0, "id": "call_1", "type": "function",
     "function": {"name": "get_weather", "arguments": ""}}]})] + [
    replies.chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
    for piece in ('{"ci', 'ty":"L', 'ima"}')] + [replies.chunk({}, finish="tool_calls"), USAGE, "[DONE]"]


def crlf(events):
    return [{"bytes": replies.event_bytes(event).decode().replace("\n", "\r\n")} for event in events]


def split(events):
    text = b"".join(replies.event_bytes(event) for event in events).decode()
    third = len(text) // 3
    parts = [text[:third], text[third:2 * third], text[2 * third:]]
    return [item for part in parts for item in ({"bytes": part}, {"sleep": 0.05})]


STREAMS = {
    "ok": WHOLE,
    "crlf": crlf(WHOLE),
    "split": split(WHOLE),
    "usage-in-choices": [ROLE, ONE, TWO, {**STOP, "usage": replies.USAGE}, "[DONE]"],
    "usage-alone": [ROLE, ONE, TWO, STOP, {**USAGE, "choices": []}, "[DONE]"],
    "no-done": WHOLE[:-1],
    "slow": [{"sleep": 1}] + WHOLE,
    "tool": CALL,
    "error": [ROLE, ONE, replies.chunk({}, finish="error", error={
        "code": 502, "message": "GPU on fire", "metadata": {"error_type": "provider_unavailable"}})],
    "string-code": [ROLE, ONE, {"error": {"code": "server_error", "message": "GPU on fire"}}],
    "reset": [ROLE, ONE, {"sleep": 0.05}, {"reset": True}],
    "no-finish": [ROLE, ONE],
    "stall": [ROLE, ONE, {"sleep": 3}],
    "torn": [ROLE, ONE, '{"id":"gen-lab-1","cho', TWO, STOP, "[DONE]"],
}
GOOD = ["ok", "crlf", "split", "usage-in-choices", "usage-alone", "no-done", "slow"]
BROKEN = ["error", "string-code", "reset", "no-finish", "stall", "torn"]
FAULTS = {
    "status-429": {"status": 429, "headers": {"retry-after": 1}, "json": {"error": {
        "code": 429, "message": "slow down"}}},
    "status-500": {"status": 500, "json": {"error": {"code": 500, "message": "oops"}}},
    "status-402": {"status": 402, "json": {"error": {"code": 402, "message": "no credits"}}},
    "half": {"raw": 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"id"'},
    "no-json": {"text": '{"choices":[', "type": "application/json"},
}


@pytest.fixture(scope="module")
def trouble(lab_hosts, tmp_path_factory):
    """{client: {task: outcome}}, and how often each model was asked"""
    rules = []
    for client in dict.fromkeys(name.partition(":")[0] for name in ALL):
        on = "POST /chat/completions$"
        for name, events in STREAMS.items():
            rules.append({"on": on, "body": f'"{client}-{name}"', "replies": [{"events": events}]})
        rules += [
            {"on": on, "body": f'"{client}-status-429"',
             "replies": [FAULTS["status-429"], {"answer": ["Hello"]}]},
            {"on": on, "body": f'"{client}-status-500"',
             "replies": [FAULTS["status-500"]] * 2 + [{"answer": ["Hello"]}]}]
        rules += [{"on": on, "body": f'"{client}-{name}"', "replies": [FAULTS[name]]}
                  for name in ("status-402", "half", "no-json")]
        rules += [{"on": on, "body": f'"{client}-leave"',
                   "replies": [{"events": [ROLE, ONE, {"watch": 5}]}]}]
    upstream = lab_hosts.serve(rules)
    found = {}
    own = {"heartbeatMs": 300, "timeouts": {"idleMs": 1500}}
    with Gateway(tmp_path_factory.mktemp("trouble"),
                 {"fake": provider(lab_hosts.plain_url + "/v1")}, own) as gateway:
        for client in dict.fromkeys(name.partition(":")[0] for name in ALL):
            tasks = [{"name": f"{name}{suffix}", "does": does, "model": f"fake/{client}-{name}",
                      "tools": name == "tool"}
                     for name in STREAMS for does, suffix in
                     (("stream", ""), *((("helper", ":helper"),) if client == OPENAI else ()))]
            tasks += [{"name": name, "does": "chat", "model": f"fake/{client}-{name}",
                       "patient": name == "status-500"} for name in FAULTS]
            tasks += [{"name": "leave", "does": "stream", "model": f"fake/{client}-leave", "leave": True}]
            found[client] = run(client, gateway.url, tasks)
            end = time.monotonic() + 5
            while len(upstream.left_at) < len(found) and time.monotonic() < end:
                time.sleep(0.02)
            found[client]["left_after"] = upstream.left_at[-1] - found[client]["leave"]["left_at"]
        found["asked"] = [request.body["model"] for request in upstream.asked]
    return found


def seen_by(trouble, client, mode):
    client, _, helper = client.partition(":")
    return trouble[client][mode + (":helper" if helper else "")]


@pytest.mark.parametrize("client", ALL)
@pytest.mark.parametrize("mode", GOOD)
def test_a_good_stream_however_it_comes(trouble, client, mode):
    seen = seen_by(trouble, client, mode)
    assert seen["text"] == "one two" and seen["finish"] == "stop" and "error" not in seen, seen
    if client != LC_OPENROUTER:
        assert seen["tokens"] == [40, 9], seen


@pytest.mark.parametrize("client", ALL)
def test_a_call_in_pieces(trouble, client):
    seen = seen_by(trouble, client, "tool")
    assert seen["call"] == {"name": "get_weather", "arguments": {"city": "Lima"}}, seen


@pytest.mark.parametrize("client", ALL)
@pytest.mark.parametrize("mode", BROKEN)
def test_a_broken_stream_is_no_answer(trouble, client, mode):
    seen = seen_by(trouble, client, mode)
    assert seen["text"] in ("", "one "), seen
    if client == OPENROUTER:  # hands the error over as it came
        assert seen["told"]["code"] in (502, 504) and seen["finish"] == "error", seen
    elif client == LC_OPENROUTER:  # throws errors of streams away: this is all that it tells
        assert seen.get("finish") == "error", seen
    else:
        assert seen["error"]["message"], seen
