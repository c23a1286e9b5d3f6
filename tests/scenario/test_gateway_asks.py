"""What users of other gateways complain about, each as a test whose figures end up in the log.

Broken streams, aborted ones, slow readers, floods, costs, unknown keys, reasoning, start-up. The list of
seventeen models, the shortest Retry-After and the filter that is named stand in test_gateway.py, a hundred
calls on a budget for one in test_gateway_keys.py.
"""
import json
import random
import time

import pytest

from support import replies
from support.crowd import EVENT, Crowd, open_stream
from support.gateway import CHAT, HELLO, Gateway, always, provider

ROLE, ONE, TWO = (replies.chunk({"role": "assistant", "content": text}) for text in ("", "one ", "two"))
STOP = replies.chunk({}, finish="stop")
USAGE = replies.chunk({}, usage=replies.USAGE)


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()


# ---- an upstream that breaks off, at every place ----

def raw_stream():
    """(the bytes of a streamed answer, where each of its events ends)"""
    raw = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    ends = []
    for event in (": wait", ROLE, ONE, TWO, STOP, USAGE, "[DONE]"):
        data = replies.event_bytes(event)
        raw += b"%x\r\n%s" % (len(data), data)
        ends.append(len(raw))
        raw += b"\r\n"
    return raw + b"0\r\n\r\n", ends


def raw_document():
    body = json.dumps(replies.answer_json({"answer": ["one ", "two"]})).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body), body)


def wanted(stream, k):
    """What a client must get when the upstream broke off after k bytes, and nobody else can answer."""
    if not stream:
        return ("whole", "one two") if k == len(raw_document()) else ("failed", "")
    ends = raw_stream()[1]
    if k < ends[2]:
        return "failed", ""
    if k < ends[4]:
        return "cut", "one " if k < ends[3] else "one two"
    return "whole", "one two"


def got(answer, stream):
    if answer.status != 200:
        assert answer.status == 502
        assert answer.json["error"]["metadata"]["error_type"] == "provider_unavailable"
        return "failed", ""
    assert answer.whole
    if not stream:
        choice = answer.json["choices"][0]
        return "whole" if choice["finish_reason"] == "stop" else "odd", choice["message"]["content"]
    assert answer.events[-1] == "[DONE]"
    if answer.finish == "stop":
        return "whole", answer.text
    assert answer.finish == "error" and answer.events[-2]["error"]["code"] == 502
    return "cut", answer.text


@pytest.mark.parametrize("stream", [True, False])
def test_killed_after_k_bytes(lab, tmp_path, stream, figure):
    raw, ends = raw_stream() if stream else (raw_document(), [])
    places = sorted({*range(0, len(raw), 9), *ends, *(end - 1 for end in ends), len(raw) - 1, len(raw)})
    lab.serve([{"on": CHAT, "body": f'"at-{k}"', "replies": [
        {"raw": raw[:k].decode()} if k else {"hang_up": True}]} for k in places]
        + [{"on": CHAT, "replies": [HELLO]}])
    outcomes = []
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}) as gateway:
        for k in places:
            alone = wanted(stream, k)
            assert got(gateway.chat(f"fake/at-{k}", stream), stream) == alone, k
            second = gateway.chat(f"fake/at-{k}", stream, models=["fake/other"])
            outcome = ("whole", "Hello") if alone[0] == "failed" else alone
            assert got(second, stream) == outcome, k
            outcomes.append(alone[0])
    figure(f"upstream killed at {len(places)} places of a {'stream' if stream else 'document'}, 1 and 2 targets",
           ", ".join(f"{outcomes.count(name)} {name}" for name in ("failed", "cut", "whole")))


# ---- thousands of clients ----

def test_ten_thousand_aborted_streams(tmp_path, figure):
    def abort(gateway, count):
        for _ in range(count // 250):
            streams = [open_stream(gateway.url) for _ in range(250)]
            for stream in streams:
                assert b"200 OK" in stream.recv(4096)
                stream.close()
    with Crowd() as crowd, Gateway(tmp_path, {"fake": provider(crowd.url)}, {"log": "off"},
                                   release=True) as gateway:
        resident = []
        for count in (1000, 10000, 10000):
            abort(gateway, count)
            gone = 1000 + len(resident) * 10000
            wait_for(lambda gone=gone: gateway.counter("requests_gone_total") == gone)
            wait_for(lambda gone=gone: crowd.gone == gone)  # and every one ended upstream
            resident.append(gateway.resident)
        figure("1,000, then twice 10,000 aborted streams, resident KB", ", ".join(map(str, resident)))
        assert resident[1] < resident[0] + (4 << 10)  # the ledger's pages, of which it keeps 2 MB
        assert resident[2] < resident[1] * 1.05
        assert gateway.ask("//healthz?verbose").json["upstream_connections"] == 0


def test_a_thousand_slow_readers(tmp_path, figure):
    with Crowd(flood=EVENT * 100) as crowd, Gateway(
            tmp_path, {"fake": provider(crowd.url)}, {"log": "off"}, release=True) as gateway:
        before = gateway.resident
        streams = [open_stream(gateway.url, 4096) for _ in range(1000)]
        for stream in streams:
            assert stream.recv(1)
        wait_for(lambda: gateway.counter("streams_paused_total") >= 1000)
        sent, peak = [crowd.sent], 0
        while len(sent) < 12 and (len(sent) < 4 or sent[-1] > sent[-3]):  # until it waits
            time.sleep(1)
            for stream in streams:  # a byte a second
                stream.recv(1)
            peak = max(peak, gateway.resident)
            sent.append(crowd.sent)
        figure("1,000 readers of a byte a second: MB sent by the upstream, second by second",
               ", ".join(f"{some / 1e6:.0f}" for some in sent))
        figure("1,000 readers of a byte a second: resident MB before and with them",
               f"{before / 1024:.1f}, {peak / 1024:.1f}")
        assert sent[-1] == sent[-3]
        assert peak < before + (100 << 10)  # one read of 64 KB each, and what goes with it
        for stream in streams:
            stream.close()


# ---- a flood without a word ----

@pytest.mark.parametrize("pause", [0.002, 0])
def test_comments_hold_no_timer(lab, tmp_path, figure, pause):
    some = {"bytes": ": still working\n\n" * (1 if pause else 500)}
    flood = [some, {"sleep": pause}] * (4000 if pause else 100000)
    lab.serve([{"on": CHAT, "body": "bench", "replies": [{"events": flood + [ONE, STOP]}]},
               {"on": CHAT, "replies": [HELLO]}])
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")},
                 {"timeouts": {"firstTokenMs": 600}}) as gateway:
        began = time.monotonic()
        answer = gateway.chat(stream=True)
        took = time.monotonic() - began
        figure(f"comments {'at full speed' if not pause else 'every 2 ms'}: first-token timer of 600 ms, ms",
               round(took * 1000))
        assert 0.5 < took < 2
        error = answer.json["error"]
        assert answer.status == error["code"] == 504 and error["metadata"]["error_type"] == "timeout"
        assert gateway.chat(stream=True, models=["fake/other"]).text == "Hello"


# ---- what it cost ----

BILL = ('{"prompt_tokens": 40,"completion_tokens":9, "total_tokens":49,"cost":5.2000e-4, "is_byok":false,'
        '"cost_details":{"upstream_inference_cost":null,"upstream_inference_prompt_cost":0.00010,'
        '"upstream_inference_completions_cost":0.00042},"prompt_tokens_details":{"cached_tokens":12},'
        '"completion_tokens_details":{"reasoning_tokens":3}}')


def answers_with_a_bill():
    def document(**more):
        text = json.dumps({"id": "a", "created": 1, "model": "m", **more, "usage": 0})
        return {"text": text.replace('"usage": 0', f'"usage": {BILL}'), "type": "application/json"}
    choice = {"index": 0, "finish_reason": "stop"}
    chat = document(object="chat.completion", system_fingerprint=None,
                    choices=[{**choice, "message": {"role": "assistant", "content": "a"}}])
    text = document(object="text_completion", choices=[{**choice, "text": "a"}])
    vectors = document(object="list", data=[{"object": "embedding", "index": 0, "embedding": [0.5]}])
    last = json.dumps({**USAGE, "usage": 0}).replace('"usage": 0', f'"usage": {BILL}')
    return chat, text, vectors, [ONE, STOP, {"bytes": f"data: {last}\n\n"}, "[DONE]"]


def test_the_bill_is_the_upstreams(lab, tmp_path, figure):
    chat, text, vectors, events = answers_with_a_bill()
    lab.serve([{"on": CHAT, "body": '"stream": true', "replies": [{"events": events}]},
               {"on": CHAT, "replies": [chat]}, {"on": "POST /embeddings$", "replies": [vectors]},
               {"on": "POST /v1/completions$", "replies": [text]}])
    asks = {"chat": ("/chat/completions", {"messages": []}),
            "chat, streamed": ("/chat/completions", {"messages": [], "stream": True}),
            "completions": ("/completions", {"prompt": "a"}),
            "embeddings": ("/embeddings", {"input": "a"})}
    worn = {}  # the API is another, the bill has another form; what it cost stays
    for name, more in (("", {}), (", streamed", {"stream": True})):
        worn["messages" + name] = ("/messages", {"max_tokens": 9, "messages": [
            {"role": "user", "content": "a"}], **more})
        worn["responses" + name] = ("/responses", {"input": "a", **more})
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}, {"log": "json"}) as gateway:
        for path, body in (asks | worn).values():
            answer = gateway.ask(path, {"model": "fake/bench", **body})
            told = b'"cost":5.2000e-4' if path in ("/messages", "/responses") else BILL.encode()
            assert told in answer.raw, answer.raw
    lines = [json.loads(line) for line in gateway.log.read_text().splitlines() if line.startswith("{")]
    assert [line["cost"] for line in lines] == [5.2e-4] * len(asks | worn)
    figure("usage.cost byte for byte, and in the log", "; ".join(asks | worn))


# ---- what nobody here knows ----

def stranger(dice, depth=0):
    """A value with keys that no schema has, spelled in ways that a rewriter would lose."""
    kind = dice.randrange(8 if depth < 3 else 5)
    if kind < 5:
        return dice.choice(["1.50", "-0", "1e3", "12345678901234567890", '"\\u00e9\\/"', '"é"', "true",
                            "null", '""', '" \\\\ \\" "'])
    space = dice.choice(["", " ", "\n  "])
    if kind == 5:
        return "[" + ",".join(space + stranger(dice, depth + 1) for _ in range(dice.randrange(4))) + "]"
    return members(dice, depth + 1, [])


def members(dice, depth, known):
    space = dice.choice(["", " ", "\n\t"])
    pairs = known + [(f"x_{dice.randrange(10**6)}", stranger(dice, depth)) for _ in range(dice.randrange(1, 4))]
    dice.shuffle(pairs)
    return "{" + space + ("," + space).join(f'"{key}":{space}{value}' for key, value in pairs) + space + "}"


def strange_request(dice):
    """A request with unknown keys in every object of it."""
    def thing(*known):
        return members(dice, 1, list(known))
    image = thing(("type", '"image_url"'), ("image_url", thing(("url", '"data:image/png;base64,AA=="'))))
    words = thing(("type", '"text"'), ("text", '"Hi"'))
    call = thing(("id", '"c1"'), ("type", '"function"'), ("function", thing(("name", '"f"'), ("arguments", '"{}"'))))
    messages = [thing(("role", '"system"'), ("content", '"be brief"')),
                thing(("role", '"user"'), ("content", f"[{words},{image}]")),
                thing(("role", '"assistant"'), ("content", "null"), ("tool_calls", f"[{call}]")),
                thing(("role", '"tool"'), ("tool_call_id", '"c1"'), ("content", '"17"'))]
    schema = thing(("type", '"object"'), ("properties", thing(("a", thing(("type", '"string"'))))))
    tool = thing(("type", '"function"'), ("function", thing(("name", '"f"'), ("parameters", schema))))
    return thing(("model", '"fake/bench"'), ("messages", "[" + ", ".join(messages) + "]"),
                 ("tools", f"[{tool}]"), ("plugins", f"[{thing(('id', chr(34) + 'web' + chr(34)))}]"),
                 ("reasoning", thing(("effort", '"low"'))), ("response_format", thing(("type", '"text"'))))


def test_unknown_keys_arrive_as_they_were(lab, tmp_path, figure):
    lab.serve(always(HELLO))
    dice, sent = random.Random(7), 0
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}) as gateway:
        for _ in range(100):
            body = strange_request(dice)
            assert gateway.ask("/chat/completions", body.encode()).status == 200, body
            arrived = lab.upstream.asked[-1].raw.decode()
            assert arrived == body.replace('"fake/bench"', '"bench"')
            sent += len(body)
    figure("unknown keys in every object: requests that arrived byte for byte", f"100, {sent} bytes")


# ---- reasoning, there and back and there again ----

DETAILS = [  # spelled as services spell it, which is not how a JSON library would
    '{"type":"reasoning.text","text":"Look \\u2014 twice","signature":"Eo8BCkgIBR\\/ABC+d==","format":"anthropic-claude-v1","index":0}',
    '{"type": "reasoning.encrypted","data":"gAAAAABo\\/x+Q==","id":"rs_1","format":"openai-responses-v1", "index":1}',
]


@pytest.mark.parametrize("model", ["fake/bench", "anthropic/claude-sonnet-4.6", "openai/gpt-5.2",
                                   "google/gemini-3-pro-preview"])
@pytest.mark.parametrize("stream", [True, False])
def test_reasoning_over_two_tool_turns(lab, tmp_path, model, stream):
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    details = "[" + ",".join(DETAILS) + "]"

    def spelled(document):
        return json.dumps(document).replace('"DETAILS"', details)
    message = {"role": "assistant", "content": None, "reasoning_details": "DETAILS", "tool_calls": [call]}
    whole = {"text": spelled({**replies.answer_json({"answer": [""]}), "choices": [
        {"index": 0, "message": message, "finish_reason": "tool_calls"}]}), "type": "application/json"}
    event = spelled(replies.chunk({**message, "tool_calls": [{"index": 0, **call}]}))
    lab.serve(always({"events": [{"bytes": f"data: {event}\n\n"}, replies.chunk({}, finish="tool_calls"),
                                 USAGE, "[DONE]"]} if stream else whole))
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    turns = [{"role": "user", "content": "Hi"}]
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}, env=lab.env,
                 key="sk-or-v1-stored") as gateway:
        for turn in range(3):
            body = spelled({"model": model, "stream": stream, "tools": [tool], "messages": turns})
            answer = gateway.ask("/chat/completions", body.encode())
            assert answer.status == 200 and details.encode() in answer.raw, answer.raw
            assert lab.upstream.asked[-1].raw.count(details.encode()) == turn
            turns += [message, {"role": "tool", "tool_call_id": "c1", "content": "17"}]


# ---- start and rest ----

def test_ready_soon_and_small(tmp_path, figure):
    took, worked, resident = [], [], []
    for turn in range(7):
        gateway = Gateway(tmp_path / str(turn), {"fake": provider("http://127.0.0.1:9/v1")}, release=True)
        began = time.monotonic()
        with gateway:
            took.append((time.monotonic() - began) * 1000)
            worked.append(gateway.worked)
            resident.append(gateway.resident)
    figure("start to ready, ms: best, median, worst", ", ".join(
        f"{value:.0f}" for value in (min(took), sorted(took)[3], max(took))))
    figure("start to ready, ms of CPU: best, worst", f"{min(worked):.1f}, {max(worked):.1f}")
    figure("idle, resident KB", max(resident))
    assert min(worked) < 50 and max(resident) < 12 << 10
