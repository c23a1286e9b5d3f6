"""Identical requests in flight are computed once: who leads, who follows, who leaves."""
import json
import threading
import time

import pytest

from support import replies
from support.gateway import HELLO, Gateway, always, provider

TOGETHER = {"x-chela-coalesce": "true"}
CACHED = {"x-openrouter-cache": "true"}
CHUNKS = [replies.chunk({"role": "assistant", "content": ""})] + [
    replies.chunk({"content": f"{n} "}) for n in range(8)] + [
    replies.chunk({}, finish="stop"), replies.chunk({}, usage=replies.USAGE), "[DONE]"]
TEXT = "0 1 2 3 4 5 6 7 "


def slowly(pause, first=0.0):
    """A stream with time between its events."""
    events = [CHUNKS[0], {"sleep": first}] if first else CHUNKS[:1]
    for chunk in CHUNKS[1:]:
        events += [chunk, {"sleep": pause}]
    return {"events": events}


class Crowd:
    """Clients that ask at the same time, the first one a little earlier."""

    def __init__(self, gateway, count, head_start=0.15, **asked):
        self.answers = [None] * count
        self.times = [None] * count
        self.threads = [threading.Thread(target=self._ask, args=(gateway, n, asked))
                        for n in range(count)]
        for n, thread in enumerate(self.threads):
            thread.start()
            if n == 0:
                time.sleep(head_start)

    def _ask(self, gateway, n, asked):
        self.answers[n] = gateway.chat(**asked)
        self.times[n] = time.monotonic()

    def wait(self):
        for thread in self.threads:
            thread.join(30)
        return self.answers


def start_reading(gateway, headers):
    """A stream of which something has come."""
    connection = gateway.connect()
    connection.request("POST", "/api/v1/chat/completions", json.dumps(
        {"model": "fake/bench", "stream": True, "messages": [{"role": "user", "content": "Hi"}]}), headers)
    response = connection.getresponse()
    return connection, response, response.read1(65536)


def leave(connection):
    connection.sock.close()
    connection.close()


def until(found, seconds=5):
    end = time.monotonic() + seconds
    while not found() and time.monotonic() < end:
        time.sleep(0.02)
    assert found()


def test_only_when_asked(fake, lab):
    gateway = fake(always(slowly(0.02)))
    for headers in ({}, CACHED, {"x-chela-coalesce": "false"}):
        Crowd(gateway, 3, stream=True, headers=headers).wait()
    assert len(lab.upstream.asked) == 9 and gateway.counter("coalesced_total") == 0


@pytest.mark.parametrize("stream", [False, True])
def test_twenty_are_one(fake, lab, stream):
    gateway = fake(always({**HELLO, "delay": 0.6}) if not stream else always(slowly(0.05, 0.3)))
    leader, *followers = Crowd(gateway, 20, stream=stream, headers=TOGETHER).wait()
    assert len(lab.upstream.asked) == 1 and gateway.counter("coalesced_total") == 19
    assert "x-chela-coalesced" not in leader.headers and "x-openrouter-cache-status" not in leader.headers
    ids = set()
    for answer in followers:
        assert answer.status == 200 and answer.headers["x-chela-coalesced"] == "true"
        assert answer.headers["x-openrouter-cache-status"] == "HIT"
        ids.add(answer.headers["x-generation-id"])
        if stream:
            assert answer.text == leader.text == TEXT and answer.events[-1] == "[DONE]"
            assert answer.events[-2]["usage"]["total_tokens"] == 0
            assert {chunk["id"] for chunk in answer.events[:-1]} == {answer.headers["x-generation-id"]}
        else:
            assert answer.json["choices"] == leader.json["choices"]
            assert answer.json["id"] == answer.headers["x-generation-id"]
            assert answer.json["usage"]["cost"] == 0
    assert len(ids) == 19
    assert "x-chela-coalesced" not in gateway.chat(stream=stream, headers=TOGETHER).headers  # not stored


def test_it_comes_as_it_comes(fake):
    gateway = fake(always(slowly(0.15)))
    crowd = Crowd(gateway, 1, head_start=0.3, stream=True, headers=TOGETHER)
    connection, response, _ = start_reading(gateway, TOGETHER)
    assert crowd.answers[0] is None  # what has come by now is given before the end
    assert response.headers["x-chela-coalesced"] == "true"
    assert response.read().endswith(b"data: [DONE]\n\n")
    connection.close()
    assert crowd.wait()[0].text == TEXT


def test_other_requests_are_others(fake, lab):
    gateway = fake(always({**HELLO, "delay": 0.4}))
    first = Crowd(gateway, 1, headers=TOGETHER, seed=1)
    gateway.chat(headers=TOGETHER, seed=2)
    gateway.chat(headers={**TOGETHER, "authorization": "Bearer sk-other"}, seed=1)
    first.wait()
    assert len(lab.upstream.asked) == 3


def test_the_setting_goes_with_the_cache(fake, lab):
    gateway = fake(always({**HELLO, "delay": 0.5}), {"cache": {"coalesce": True}})
    Crowd(gateway, 3).wait()
    assert len(lab.upstream.asked) == 3
    answers = Crowd(gateway, 5, headers=CACHED).wait()
    assert [answer.headers["x-openrouter-cache-status"] for answer in answers] == ["MISS"] + ["HIT"] * 4
    assert len(lab.upstream.asked) == 4
    assert gateway.chat(headers=CACHED).headers["x-openrouter-cache-status"] == "HIT"
    fresh = gateway.chat(headers={**CACHED, "x-openrouter-cache-clear": "true"})
    assert fresh.headers["x-openrouter-cache-status"] == "MISS"
    assert gateway.ask("//cache").json["data"]["coalesced"] == 4


def test_the_leader_may_leave(fake, lab):
    gateway = fake(always(slowly(0.15)))
    connection, _, _ = start_reading(gateway, TOGETHER)
    crowd = Crowd(gateway, 2, head_start=0.05, stream=True, headers=TOGETHER)
    until(lambda: gateway.counter("coalesced_total") == 2)
    leave(connection)
    for answer in crowd.wait():
        assert answer.text == TEXT and answer.finish == "stop" and answer.events[-1] == "[DONE]"
    assert len(lab.upstream.asked) == 1
    assert gateway.counter("requests_ok_total") == 3  # what was asked for was computed


def test_when_all_have_left_the_upstream_is_cancelled(fake, lab):
    gateway = fake(always(slowly(0.2)))
    leader = start_reading(gateway, TOGETHER)
    followers = [start_reading(gateway, TOGETHER) for _ in range(2)]
    leave(leader[0])
    leave(followers[0][0])
    time.sleep(0.3)
    assert not lab.upstream.cut_off.is_set()
    began = time.monotonic()
    leave(followers[1][0])
    assert lab.upstream.cut_off.wait(3) and time.monotonic() - began < 1
    until(lambda: gateway.counter("requests_gone_total") == 3)
    answer = gateway.chat(stream=True, headers=TOGETHER)  # whoever comes now begins anew
    assert answer.text == TEXT and "x-chela-coalesced" not in answer.headers


@pytest.mark.parametrize("who_is_slow", ["leader", "follower"])
def test_a_slow_one_stalls_nobody(fake, lab, who_is_slow):
    pieces = [f"{n:05d} " * 60 for n in range(4000)]
    gateway = fake(always({"events": [replies.chunk({"content": pieces[0]}), {"sleep": 0.5}]
                           + [replies.chunk({"content": piece}) for piece in pieces[1:]]
                           + CHUNKS[-3:]}))
    if who_is_slow == "leader":
        slow = start_reading(gateway, TOGETHER)
        quick = Crowd(gateway, 2, stream=True, headers=TOGETHER)
    else:
        quick = Crowd(gateway, 2, stream=True, headers=TOGETHER)
        slow = start_reading(gateway, TOGETHER)
    for answer in quick.wait():
        assert answer.text == "".join(pieces)
    assert len(lab.upstream.asked) == 1
    rest = slow[2] + slow[1].read()
    slow[0].close()
    assert rest.count(b"data: ") == 4003 and rest.endswith(b"data: [DONE]\n\n")


@pytest.mark.parametrize("reply,stream,status", [
    ({"status": 429, "headers": {"retry-after": 9}, "json": {"error": {"message": "slow down"}}}, False, 429),
    ({"status": 500, "json": {"error": {"message": "oops"}}}, True, 500),
    ({"hang_up": True}, False, 502),
])
def test_one_failure_for_all(fake, lab, reply, stream, status):
    gateway = fake(always({"delay": 0.5, **reply}))
    answers = Crowd(gateway, 4, stream=stream, headers=TOGETHER).wait()
    assert [answer.status for answer in answers] == [status] * 4
    assert len({answer.json["error"]["message"] for answer in answers}) == 1
    assert len(lab.upstream.asked) == 1
    if status == 429:
        assert {answer.headers["retry-after"] for answer in answers} == {"9"}
    assert gateway.counter("requests_failed_total") == 4


def test_a_stream_that_breaks_off_does_so_for_all(fake):
    gateway = fake(always({"events": CHUNKS[:3] + [{"sleep": 0.5}, {"cut": True}]}))
    for answer in Crowd(gateway, 3, stream=True, headers=TOGETHER).wait():
        assert answer.text.startswith("0 1 ") and answer.finish == "error"
        assert answer.events[-1] == "[DONE]" and answer.whole


def test_silence_is_filled_for_followers_too(fake):
    gateway = fake(always({"events": [CHUNKS[0], {"sleep": 1.2}] + CHUNKS[1:]}), {"heartbeatMs": 200})
    for answer in Crowd(gateway, 2, stream=True, headers=TOGETHER).wait():
        assert answer.raw.count(b": chela\n\n") >= 2 and answer.text == TEXT


def test_too_long_to_be_shared(fake):
    gateway = fake(always({"events": [replies.chunk({"content": "x" * 3000})] * 6 + [{"sleep": 0.5}]
                           + [replies.chunk({"content": "y" * 3000})] * 40 + CHUNKS[-3:]}),
                   {"cache": {"maxBytes": 400000}})
    leader, follower = Crowd(gateway, 2, stream=True, headers=TOGETHER).wait()
    assert leader.finish == "stop" and len(leader.text) == 46 * 3000
    assert follower.finish == "error" and follower.whole


def test_across_workers(lab, tmp_path):
    lab.serve(always(slowly(0.05, 0.4)))
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")},
                 options=("--anonymous", "--workers", "4")) as gateway:
        for _ in range(3):
            for answer in Crowd(gateway, 16, stream=True, headers=TOGETHER).wait():
                assert answer.text == TEXT and answer.finish == "stop"
        assert len(lab.upstream.asked) == 3 and gateway.counter("coalesced_total") == 45


def test_drained_while_somebody_follows(fake):
    gateway = fake(always(slowly(0.1)))
    connection, _, _ = start_reading(gateway, TOGETHER)
    crowd = Crowd(gateway, 2, head_start=0.05, stream=True, headers=TOGETHER)
    until(lambda: gateway.counter("coalesced_total") == 2)
    gateway.process.terminate()
    leave(connection)
    assert [answer.text for answer in crowd.wait()] == [TEXT] * 2
    assert gateway.process.wait(5) == 0
