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

from support.program import Home
from support.sandbox import Sandbox

TURNS = int(os.environ.get("CHELA_TURNS", "40"))
KILLS = TURNS // 10
SEED = int(os.environ.get("CHELA_SEED", "20261125"))
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
