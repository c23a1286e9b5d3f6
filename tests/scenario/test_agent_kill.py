"""A long conversation with tools whose process is killed again and again, and goes on.

What was committed when the process died is what the next one must build on: nothing of it is lost
and none of it is sent for again. One thing cannot be helped and is counted, not forbidden: an
answer that was complete on the wire but not yet in the store is asked for a second time.
"""
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

from support.killing import calls_of, killed_at
from support.program import Home
from support.sandbox import Sandbox

TURNS = int(os.environ.get("CHELA_TURNS", "40"))
KILLS = TURNS // 10
SEED = int(os.environ.get("CHELA_SEED", "20261125"))
WRITES = "pwrite64,write,fdatasync,unlink"
LONGEST = float(os.environ.get("CHELA_LONGEST", "0.4"))  # seconds that a doomed process lives


def question(number):
    return f"Use the session_status tool. This is question {number}."


class Death:
    """What a killed process left behind."""

    def __init__(self, home, number):
        database = sqlite3.connect(home.home / ".state" / "chela" / "chela.db")
        self.stored = [json.loads(body) for (body,) in database.execute(
            "SELECT body FROM message WHERE session='long' ORDER BY seq")]
        [(turn, state)] = database.execute(
            "SELECT turn, state FROM turn WHERE session='long' ORDER BY turn DESC LIMIT 1")
        database.close()
        self.number, self.last_turn = number, turn
        self.answered = turn == number and state == "done"
        if self.answered:
            self.where = "after the end"
        elif turn < number:
            self.where = "before the question was stored"
        else:
            self.where = f"after {self.stored[-1]['role']}'s message"


def chats(record):
    """The recorded requests for an answer, catalogue look-ups left out."""
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    return [line for line in lines if line["path"].endswith("/chat/completions")]


def messages_of(request):
    body = request["body"]
    return (json.loads(body) if isinstance(body, str) else body)["messages"]


def peak_kb(process):
    """Of a process that runs."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return max([int(line.split()[1]) for line in status if line.startswith("VmHWM")] or [0])


def one_turn(home, number, wait):
    """Runs it to its end, or for `wait` seconds; gives its peak memory, and its death."""
    talk = ("agent", "--session-id", "long", "--message", question(number))
    process = home.start(*talk, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    peak, end = 0, time.monotonic() + (wait or 60)
    while process.poll() is None and time.monotonic() < end:
        peak = max(peak, peak_kb(process))
        time.sleep(0.002)
    if wait is None:
        assert process.poll() == 0, f"turn {number}"
        return peak, None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return peak, Death(home, number)


def test_killed_and_resumed(tmp_path):
    chance = random.Random(SEED)
    kill_at = set(chance.sample(range(2, TURNS + 1), KILLS))
    record, deaths, peaks = tmp_path / "record.jsonl", [], []
    with Sandbox("--record", str(record), "--pace", "2", folder=tmp_path / "sb") as sandbox:
        home = Home(tmp_path / "home", config=sandbox.config(), key="sk-or-v1-sandbox")
        for number in range(1, TURNS + 1):
            if number in kill_at:
                _, death = one_turn(home, number, chance.uniform(0.02, LONGEST))
                deaths.append(death)
                death.requests = len(chats(record))
                if death.answered:
                    continue
            peak, _ = one_turn(home, number, None)
            peaks.append(peak)
    requests = chats(record)
    end = Death(home, TURNS)
    said = [message["content"][0]["text"] for message in end.stored if message["role"] == "user"]
    assert said == [question(number) for number in range(1, TURNS + 1)], "lost, or said twice"
    calls = [call["id"] for message in end.stored for call in message.get("tool_calls") or []]
    results = [message["tool_call_id"] for message in end.stored if message["role"] == "tool"]
    assert calls == results and len(calls) == TURNS, "each call has its one result"
    for death in deaths:
        assert end.stored[:len(death.stored)] == death.stored, "what was stored has changed"
        for request in requests[death.requests:]:  # each builds on all that was there
            assert len(messages_of(request)) - 1 >= len(death.stored), death.where
    answered = [json.dumps(messages_of(request)) for request in requests
                if request["response"]["complete"]]
    twice = len(answered) - len(set(answered))
    print(f"\nseed {SEED}: {TURNS} turns, {len(requests)} requests, killed {KILLS} times:")
    for where in sorted({death.where for death in deaths}):
        print(f"  {sum(death.where == where for death in deaths)} {where}")
    print(f"  {twice} answers came twice: complete on the wire, not yet in the store")
    print(f"peak memory: turn 1 {peaks[0]} KB, last turn {peaks[-1]} KB, most {max(peaks)} KB")
    assert twice <= KILLS
    assert max(peaks) < 2 * peaks[0] + 8192, "memory grows with the session by more than its text"


def test_killed_at_every_write(lab, tmp_path):
    """The turn is killed at each write to a file of the store, in as many runs; each time another
    process finishes it."""
    step = {"id": "call_a", "type": "function",
            "function": {"name": "session_status", "arguments": "{}"}}
    config = {"models": {"providers": {"openrouter": {"baseUrl": lab.plain_url + "/v1",
                                                      "models": []}}}}
    talk = ["agent", "--session-id", "long", "--message", question(1)]

    def begin(number):
        upstream = lab.serve([
            {"on": "POST /chat/completions$", "body": '"tool_call_id"', "replies": [
                {"answer": ["Done."]}]},
            {"on": "POST /chat/completions$", "replies": [{"answer": [], "calls": [step]}]}])
        return Home(tmp_path / str(number), config=config, key="sk-or-v1-lab"), upstream

    home, _ = begin(0)
    calls = calls_of(home, talk, WRITES, database_files(home))
    for number, (call, nth) in enumerate(calls, 1):
        home, upstream = begin(number)
        survived = not killed_at(home, talk, call, nth, database_files(home))
        where = f"killed at {call} {nth}"
        before, asked = stored_bodies(home), len(upstream.asked)
        if not survived:
            done = home.run(*talk)
            assert done.code == 0 and done.out == "Done.\n", f"{where}: {done}"
        after = stored_bodies(home)
        roles = [json.loads(body)["role"] for body in after]
        if survived or len(before) < 4:
            assert roles == ["user", "assistant", "tool", "assistant"], where
        assert after[:len(before)] == before, where
        for request in upstream.asked[asked:]:
            assert len(request.body["messages"]) - 1 >= min(len(before), 3)
    print(f"\nkilled at each of {len(calls)} writes, syncs and removals of the store's files")
    assert len(calls) > 10


def database_files(home):
    """strace looks only at what touches these."""
    state = home.home / ".state" / "chela"
    return [word for name in ("chela.db", "chela.db-wal", "chela.db-shm", "locks/long.lock")
            for word in ("-P", str(state / name))]


def stored_bodies(home):
    path = home.home / ".state" / "chela" / "chela.db"
    if not path.exists():
        return []
    database = sqlite3.connect(path)
    try:
        [(sound,)] = database.execute("PRAGMA integrity_check")
        assert sound == "ok"
        there = database.execute("SELECT name FROM sqlite_master WHERE name='message'").fetchall()
        return [body for (body,) in database.execute(
            "SELECT body FROM message ORDER BY seq")] if there else []
    finally:
        database.close()
