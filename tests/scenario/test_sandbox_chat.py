"""chela-gateway sandbox over HTTP, with nothing but the standard library: the whole API as a client
sees it. The program is $CHELA_GATEWAY, or what a preset left in build/."""
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.program import BASE_ENV, binary


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    program = os.environ.get("CHELA_GATEWAY") or binary("chela-gateway")
    folder = tmp_path_factory.mktemp("gateway")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(program), "sandbox", "--port", "0"],
                                   stdout=subprocess.PIPE, stderr=log, cwd=folder,
                                   env=dict(BASE_ENV, HOME=str(folder)))
    line = process.stdout.readline().decode()
    assert line.startswith("chela sandbox on http://127.0.0.1:"), (folder / "log").read_text()
    yield line.split()[3]
    process.send_signal(signal.SIGTERM)
    code = process.wait(timeout=30)
    assert code == 0, Path(folder / "log").read_text()


def connect(base):
    return http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)


def call(base, method, path, body=None, headers=None, root=False):
    connection = connect(base)
    data = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
    connection.request(method, path if root else urlsplit(base).path + path, data, headers or {})
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    return answer, json.loads(raw) if raw[:1] in (b"{", b"[") else raw


def chat(base, content, **more):
    body = {"messages": [{"role": "user", "content": content}], **more}
    answer, value = call(base, "POST", "/chat/completions", body)
    assert answer.status == 200, value
    return value


def text_of(value):
    return value["choices"][0]["message"]["content"]


def events(base, content, **more):
    """The events of a stream, as (kind, value): comment, data, done."""
    body = {"messages": [{"role": "user", "content": content}], "stream": True, **more}
    connection = connect(base)
    connection.request("POST", urlsplit(base).path + "/chat/completions", json.dumps(body))
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = []
    for block in answer.read().decode().split("\n\n"):
        if block.startswith(":"):
            found.append(("comment", block[1:].strip()))
        elif block == "data: [DONE]":
            found.append(("done", None))
        elif block:
            assert block.startswith("data: ") and "\n" not in block
            found.append(("data", json.loads(block[6:])))
    connection.close()
    return found


def test_usage_says_what_was_cached(gateway):
    talk = [{"role": "system", "content": "Answer as a crab would. " * 300},
            {"role": "user", "content": "What is 2+2?"}]
    read = []
    for more in ({}, {}, {"model": "some/model"}, {"stream": True}):
        if more.get("stream"):
            connection = connect(gateway)
            connection.request("POST", urlsplit(gateway).path + "/chat/completions",
                               json.dumps({"messages": talk, **more}))
            chunks = connection.getresponse().read().decode().split("\n\n")
            usage = next(json.loads(c[6:])["usage"] for c in chunks if '"usage"' in c)
            connection.close()
        else:
            answer, value = call(gateway, "POST", "/chat/completions", {"messages": talk, **more})
            assert answer.status == 200, value
            usage = value["usage"]
            talk += [value["choices"][0]["message"], {"role": "user", "content": "And 3+3?"}]
        read.append((usage["prompt_tokens"], usage["prompt_tokens_details"]["cached_tokens"]))
    opening = 3  # tokens that belong to no message
    assert read[0][1] == 0 and read[0][0] > 1024
    assert read[1][1] == read[0][0] - opening  # all of the first request is the second's prefix
    assert read[2][1] == 0  # another model
    assert read[3][1] == read[1][0] - opening


def test_answers(gateway):
    value = chat(gateway, "what is 12*7?", model="openrouter/auto")
    assert "84" in text_of(value)
    assert value["model"] == "sandbox/agent" and value["provider"] == "local"
    assert value["choices"][0]["finish_reason"] == "stop"
    usage = value["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_any_model_is_answered_and_says_by_whom(gateway):
    for model in ("nobody/knows", "openai/gpt-4o", None):
        assert chat(gateway, "say hi", model=model)["model"] == "sandbox/agent"


def test_the_stream(gateway):
    found = events(gateway, "count to 8")
    assert found[0] == ("comment", "OPENROUTER PROCESSING")
    assert found[-1] == ("done", None)
    chunks = [value for kind, value in found if kind == "data"]
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] == 15
    assert all("usage" not in chunk for chunk in chunks[:-1])
    assert all("system_fingerprint" not in chunk for chunk in chunks)
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks[:-1])
    assert text == "1, 2, 3, 4, 5, 6, 7, 8"
    reasons = [c["choices"][0]["finish_reason"] for c in chunks[:-1]]
    assert reasons == [None] * (len(reasons) - 1) + ["stop"]


def test_stream_of_reasoning(gateway):
    found = events(gateway, "what is 2+2?", reasoning={"effort": "high"})
    deltas = [v["choices"][0]["delta"] for k, v in found if k == "data" and v["choices"]]
    thought = "".join(d.get("reasoning", "") for d in deltas)
    details = "".join(d["reasoning_details"][0]["text"] for d in deltas if "reasoning_details" in d)
    assert thought == details and "math" in thought
    signed = ["signature" in d["reasoning_details"][0] for d in deltas if "reasoning_details" in d]
    assert signed == [False] * (len(signed) - 1) + [True]  # by its last piece
    order = ["reasoning" if "reasoning" in d else "text" for d in deltas if d.get("content") != ""]
    assert order == sorted(order)  # all reasoning, then all text
    usage = found[-2][1]["usage"]
    assert 0 < usage["completion_tokens_details"]["reasoning_tokens"] < usage["completion_tokens"]


WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "Get the weather in a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                   "required": ["city"]}}}


def test_tool_loop(gateway):
    messages = [{"role": "user", "content": "What's the weather in Paris and Rome?"}]
    body = {"messages": messages, "tools": [WEATHER]}
    _, first = call(gateway, "POST", "/chat/completions", body)
    choice = first["choices"][0]
    assert choice["finish_reason"] == "tool_calls" and choice["message"]["content"] is None
    calls = choice["message"]["tool_calls"]
    assert [json.loads(c["function"]["arguments"])["city"] for c in calls] == ["Paris", "Rome"]
    messages.append(choice["message"])
    for c, weather in zip(calls, ("rain", "sun")):
        messages.append({"role": "tool", "tool_call_id": c["id"], "content": weather})
    _, second = call(gateway, "POST", "/chat/completions", body)
    assert second["choices"][0]["finish_reason"] == "stop"
    assert "rain" in text_of(second) and "sun" in text_of(second)
    # The AI SDK's response.messages start with the calls: the results are no question of their own.
    body["messages"] = messages[1:] + [{**messages[-1], "content": "weather in Rome: sun"}]
    _, third = call(gateway, "POST", "/chat/completions", body)
    assert third["choices"][0]["finish_reason"] == "stop" and "rain" in text_of(third)


def test_streamed_call_equals_the_whole_one(gateway):
    whole = chat(gateway, "weather in Oslo", tools=[WEATHER])["choices"][0]["message"]["tool_calls"]
    pieces = {}
    for kind, value in events(gateway, "weather in Oslo", tools=[WEATHER]):
        if kind != "data" or not value["choices"]:
            continue
        for c in value["choices"][0]["delta"].get("tool_calls", []):
            kept = pieces.setdefault(c["index"], {"arguments": ""})
            kept.update({k: c[k] for k in ("id",) if k in c})
            kept["name"] = c["function"].get("name", kept.get("name"))
            kept["arguments"] += c["function"]["arguments"]
    assert pieces[0] == {"id": whole[0]["id"], **whole[0]["function"]}


def test_json_schema(gateway):
    schema = {"type": "object", "additionalProperties": False, "required": ["name", "age"],
              "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
    value = chat(gateway, "Ann Lee is 41 years old", response_format={
        "type": "json_schema", "json_schema": {"name": "person", "schema": schema}})
    assert json.loads(text_of(value)) == {"name": "Ann Lee", "age": 41}


def test_limits(gateway):
    cut = chat(gateway, "count to 50", max_tokens=5)
    assert cut["choices"][0]["finish_reason"] == "length"
    assert cut["usage"]["completion_tokens"] == 5
    assert text_of(chat(gateway, "count to 50", stop=[", 4"])) == "1, 2, 3"
    seeds = {text_of(chat(gateway, "hello", seed=n)) for n in range(8)}
    assert 1 < len(seeds) <= 3
    assert text_of(chat(gateway, "hello", seed=5)) == text_of(chat(gateway, "hello", seed=5))


def test_conversation(gateway):
    body = {"messages": [{"role": "user", "content": "My name is Alice."},
                         {"role": "assistant", "content": "Hello."},
                         {"role": "user", "content": "What is my name?"}]}
    _, value = call(gateway, "POST", "/chat/completions", body)
    assert "Alice" in text_of(value)


def test_models_and_key(gateway):
    _, models = call(gateway, "GET", "/models")
    assert {"sandbox/agent", "openrouter/auto"} <= {row["id"] for row in models["data"]}
    assert models["total_count"] == len(models["data"]) and models["links"] == {"next": None}
    answer, _ = call(gateway, "GET", "/key")
    assert answer.status == 401
    answer, key = call(gateway, "GET", "/key",
                       headers={"Authorization": "Bearer sk-or-v1-abcdefghijklmnop"})
    assert answer.status == 200 and "abcdefgh" not in key["data"]["label"]


@pytest.mark.parametrize("body, has", [
    (b'{"messages": [', "line 1, column"),
    (b"{}", "messages"),
    (b'{"messages":[{"role":"king","content":"x"}]}', "messages[0].role"),
    (b'{"messages":[{"role":"user","content":"x"}],"stop":["","","","",""]}', "stop"),
    (b'{"messages":[{"role":"user","content":"x"}],"temperature":9}', "temperature"),
    (b"\xff\xfe", "not JSON"),
])
def test_bad_bodies(gateway, body, has):
    answer, value = call(gateway, "POST", "/chat/completions", body)
    assert answer.status == 400
    assert value["error"]["code"] == 400 and has in value["error"]["message"]
    assert value["error"]["metadata"]["error_type"] == "invalid_request"


def test_a_prompt_without_a_conversation(gateway):
    body = {"model": "openai/gpt-3.5-turbo-instruct", "prompt": ["What is 12*7?"], "max_tokens": 50}
    _, value = call(gateway, "POST", "/completions", json.dumps(body))
    choice = value["choices"][0]
    assert value["object"] == "text_completion" and value["model"] == "sandbox/agent"
    assert "84" in choice["text"] and choice["finish_reason"] == "stop" and "message" not in choice
    assert value["usage"]["completion_tokens"] > 0
    for prompt in (["a", "b"], 7, None, []):
        answer, value = call(gateway, "POST", "/completions", json.dumps({**body, "prompt": prompt}))
        assert answer.status == 400 and "prompt" in value["error"]["message"]


def test_wrong_path_and_method(gateway):
    answer, value = call(gateway, "POST", "/chat/completions", {}, root=True)
    assert answer.status == 404 and "/api/v1/chat/completions" in value["error"]["message"]
    answer, value = call(gateway, "PUT", "/models")
    assert answer.status == 405 and answer.headers["allow"] == "GET"


def test_v1_is_the_same(gateway):
    answer, value = call(gateway, "POST", "/v1/chat/completions", json.dumps(
        {"messages": [{"role": "user", "content": "say hi"}]}), root=True)
    assert answer.status == 200 and text_of(value) == "hi"


def test_a_large_request(gateway):
    """A megabyte of text is answered, and quickly: rules look at its ends only."""
    start = time.monotonic()
    value = chat(gateway, "Crabs walk sideways. " * 50000 + "Please summarise this text.")
    assert "Crabs walk sideways." in text_of(value) and len(text_of(value)) < 5000
    assert time.monotonic() - start < 10


def test_many_at_once(gateway):
    """Clients that leave in the middle of a stream disturb nobody."""
    url = urlsplit(gateway)
    body = json.dumps({"stream": True, "messages": [{"role": "user", "content": "count to 900"}]})
    head = (f"POST {url.path}/chat/completions HTTP/1.1\r\nHost: x\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    for _ in range(50):
        with socket.create_connection((url.hostname, url.port), timeout=10) as s:
            s.sendall(head)
            s.recv(100)
    assert text_of(chat(gateway, "say still here")) == "still here"
