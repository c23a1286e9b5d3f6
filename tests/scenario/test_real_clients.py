"""Other people's clients from npm: against gateway + sandbox, and against a gateway whose upstream misbehaves.

What each client makes of a trouble is fixed in the tables here: the gateway must never let one take half
an answer for a whole one.
"""
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import replies
from support.gateway import Gateway, provider
from support.program import ROOT

FOLDER = ROOT / "tests" / "clients"
OPENAI, OPENROUTER, AI = "openai_tasks", "openrouter_sdk", "ai_sdk"
LC_OPENAI, LC_OPENROUTER = "langchain_openai", "langchain_openrouter"
CLIENTS = [OPENAI, OPENROUTER, AI, LC_OPENAI, LC_OPENROUTER]
ALL = [OPENAI, OPENAI + ":helper", *CLIENTS[1:]]
EMBEDDERS = [OPENAI, OPENROUTER, AI, LC_OPENAI]
DOES = {"embed": EMBEDDERS, "models": [OPENAI, OPENROUTER]}


def run(client, url, tasks):
    """{task's name: what the client saw}"""
    assert (FOLDER / "node_modules" / "@openrouter").exists(), (
        "the clients are not installed: (cd tests/clients && npm ci)")
    done = subprocess.run(["node", f"{client}.mjs", url, json.dumps(tasks)], cwd=FOLDER,
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def run_all(url, tasks_of):
    """{client: {task: outcome}}: most of a client's time is waiting."""
    with ThreadPoolExecutor(3) as pool:
        return dict(zip(CLIENTS, pool.map(lambda client: run(client, url, tasks_of(client)), CLIENTS)))


# ---- gateway + sandbox ----

@pytest.fixture(scope="module")
def answers(sandbox, tmp_path_factory):
    """{client: {task: outcome}}"""
    providers = {"openrouter": {"baseUrl": sandbox.url, "apiKey": "sk-or-v1-0123456789",
                                "models": [{"id": "sandbox/agent", "name": "Agent"}]}}
    ask = {"model": "openrouter/auto"}
    call = {**ask, "tools": True, "prompt": "What is the weather in Lima?"}

    def tasks_of(client):
        yield {"name": "embed", "does": "embed", "model": "local/hash-256"}
        yield {"name": "models", "does": "models"}
        for does in ("chat", "stream", "helper")[:3 if client == OPENAI else 2]:
            yield {"name": does, "does": does, **ask}
            yield {"name": does + " with tools", "does": does, **call}

    with Gateway(tmp_path_factory.mktemp("real"), providers) as gateway:
        return run_all(gateway.url, lambda client: [
            task for task in tasks_of(client) if client in DOES.get(task["name"], CLIENTS)])


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
    "nulls": [{**event, "usage": None, "system_fingerprint": None, "error": None}
              for event in (ROLE, ONE, replies.chunk({"role": None, "content": "two"}), STOP)]
             + WHOLE[-2:],  # as OpenAI's own service sends them
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
GOOD = ["ok", "crlf", "split", "usage-in-choices", "usage-alone", "no-done", "nulls", "slow"]
BROKEN = ["error", "string-code", "reset", "no-finish", "stall", "torn"]
FAULTS = {
    "status-429": {"status": 429, "headers": {"retry-after": 1}, "json": {"error": {
        "code": 429, "message": "slow down"}}},
    "status-500": {"status": 500, "json": {"error": {"code": 500, "message": "oops"}}},
    "status-402": {"status": 402, "json": {"error": {"code": 402, "message": "no credits"}}},
    "half": {"raw": 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"id"'},
    "no-json": {"text": '{"choices":[', "type": "application/json"},
}


def rules_of(client):
    replies_to = {name: [{"events": events}] for name, events in STREAMS.items()}
    replies_to |= {name: [fault] for name, fault in FAULTS.items()}
    replies_to["status-429"].append({"answer": ["Hello"]})
    replies_to["status-500"] = [FAULTS["status-500"]] * 2 + [{"answer": ["Hello"]}]
    replies_to["leave"] = [{"events": [ROLE, ONE, {"watch": 5}]}]
    return [{"on": "POST /chat/completions$", "body": f'"{client}-{name}"', "replies": given}
            for name, given in replies_to.items()]


@pytest.fixture(scope="module")
def trouble(lab_hosts, tmp_path_factory):
    """{client: {task: outcome, with `asked`: how often the upstream was}}"""
    def tasks_of(client):
        how = (("stream", ""), ("helper", ":helper"))[:2 if client == OPENAI else 1]
        tasks = [{"name": name + suffix, "does": does, "model": f"fake/{client}-{name}",
                  "tools": name == "tool"} for name in STREAMS for does, suffix in how]
        tasks += [{"name": name, "does": "chat", "model": f"fake/{client}-{name}",
                   "patient": name == "status-500"} for name in FAULTS]
        return tasks + [{"name": "leave", "does": "stream", "model": f"fake/{client}-leave",
                         "leave": True}]

    upstream = lab_hosts.serve([rule for client in CLIENTS for rule in rules_of(client)])
    own = {"heartbeatMs": 300, "timeouts": {"idleMs": 1500}}
    with Gateway(tmp_path_factory.mktemp("trouble"),
                 {"fake": provider(lab_hosts.plain_url + "/v1")}, own) as gateway:
        found = run_all(gateway.url, tasks_of)
    for request in upstream.asked:
        client, _, name = request.body["model"].partition("-")
        seen = found[client][name]
        seen["asked"] = seen.get("asked", 0) + 1
        if name == "leave":
            seen["upstream_left_at"] = request.left_at
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


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault,asked", [("status-429", 2), ("status-500", 3)])
def test_what_passes_is_tried_again(trouble, client, fault, asked):
    seen = trouble[client][fault]
    if (client, fault) == (OPENROUTER, "status-429"):  # it leaves that to its caller
        assert seen["error"]["status"] == 429 and seen["asked"] == 1, seen
    else:
        assert seen["text"] == "Hello" and "error" not in seen and seen["asked"] == asked, seen


@pytest.mark.parametrize("client", CLIENTS)
def test_what_does_not_pass_is_not(trouble, client):
    seen = trouble[client]["status-402"]
    assert seen["error"]["status"] == 402 and "no credits" in seen["error"]["message"], seen
    assert seen["asked"] == 1, seen


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault,says", [("half", "broke off"), ("no-json", "is no JSON")])
def test_half_a_document_is_no_answer(trouble, client, fault, says):
    seen = trouble[client][fault]
    assert seen["text"] == "" and says in seen["error"]["message"], seen
    assert seen["error"]["status"] in (502, None), seen  # the AI SDK wraps the last one
    assert seen["asked"] == (1 if client == OPENROUTER else 3), seen


@pytest.mark.parametrize("client", CLIENTS)
def test_who_leaves_ends_it_upstream(trouble, client, figure):
    seen = trouble[client]["leave"]
    after = seen["upstream_left_at"] - seen["left_at"]
    figure(f"{client}: upstream ended after its client left, ms", round(after * 1000, 1))
    assert seen["text"] == "one " and after < 0.2, seen
