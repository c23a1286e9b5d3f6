"""Keys of the gateway's clients, their budgets, and the books: a client, an upstream, a clock, and
the rows that must come of it."""
import json
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from support import replies
from support.gateway import Gateway
from support.program import ROOT

CHAT = "POST /chat/completions$"
HELLO = {"answer": ["Hel", "lo"]}
COST = replies.USAGE["cost"]
PRICED = {"id": "bench", "name": "Bench", "maxTokens": 1000, "cost": {"input": 1, "output": 10}}
CHUNKS = [replies.chunk({"role": "assistant", "content": ""}), replies.chunk({"content": "one "}),
          replies.chunk({"content": "two"}), replies.chunk({}, finish="stop"),
          replies.chunk({}, usage=replies.USAGE), "[DONE]"]


class Books(Gateway):
    """A gateway with one priced upstream, and its books."""

    def __init__(self, folder, lab, rules, own=None, options=(), upstream=None, **more):
        lab.serve(rules)
        row = {"baseUrl": lab.plain_url + "/v1", "api": "openai-completions", "models": [PRICED]}
        super().__init__(folder, {"fake": {**row, **(upstream or {})}}, own, options=options, **more)
        self.file = self.home.folder / "home/.state/chela/gateway.db"

    def command(self, *words):
        result = self.home.run("gateway", *words)
        assert result.code == 0, str(result)
        return result.out

    def create(self, name, *options):
        """Makes a key: the headers of its client."""
        return {"authorization": "Bearer " + self.command("keys", "create", name, *options).strip()}

    def keys(self):
        return {key["name"]: key for key in json.loads(self.command("keys", "list", "--json"))["outputs"]}

    def sql(self, text):
        with sqlite3.connect(self.file) as file:
            file.row_factory = sqlite3.Row
            return [dict(row) for row in file.execute(text)]

    def rows(self, count, seconds=10):
        """What the books say, once there are so many rows."""
        end = time.monotonic() + seconds
        while True:
            found = self.sql("SELECT * FROM call ORDER BY id")
            if len(found) >= count or time.monotonic() > end:
                assert len(found) == count, found
                return found
            time.sleep(0.02)


def always(*answers):
    return [{"on": CHAT, "replies": list(answers)}]


def wait_for(what, seconds=5):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


# ---- who may come in ----

def test_a_key_from_its_making_to_its_end(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice")
    with books:
        assert books.chat().status == 401
        assert books.chat(headers={"authorization": "Bearer sk-or-v1-" + 64 * "0"}).status == 401
        assert books.chat(headers=alice).status == 200
        assert books.chat(headers={"x-api-key": alice["authorization"][7:]}).status == 200
        bob = books.create("bob")  # while it runs
        wait_for(lambda: books.chat(headers=bob).status == 200)
        books.command("keys", "disable", "alice")
        wait_for(lambda: books.chat(headers=alice).status == 401)
        assert "disabled" in books.chat(headers=alice).json["error"]["message"]
        books.command("keys", "change", "alice", "--enable", "--expires", "2020-01-01")
        wait_for(lambda: "expired" in books.chat(headers=alice).json["error"]["message"])
        books.command("keys", "delete", "bob", "--yes")
        wait_for(lambda: books.chat(headers=bob).status == 401)
        log = books.log.read_text()
    for key in (alice, bob):  # not in the log, and not in the file, which has its hash alone
        secret = key["authorization"][7:]
        assert secret not in log and secret.encode() not in books.file.read_bytes()


def test_who_is_not_let_in_stands_in_the_log_in_one_line(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice")
    with books:
        for _ in range(5):
            assert books.chat(headers={"authorization": "Bearer sk-or-v1-" + 64 * "0"}).status == 401
        books.chat("fake/be\nPOST /forged 200\x1b[31m", headers=alice)
    lines = books.log.read_text().splitlines()
    refused = [line for line in lines if " 401: " in line]
    assert len(refused) == 1 and "POST /api/v1/chat/completions 401: no valid key" in refused[0]
    assert "sk-or-v1-000" not in refused[0]
    assert not [line for line in lines if line.startswith("POST /forged") or "\x1b" in line]
    assert [line for line in lines if "fake/be?POST /forged 200?[31m" in line]


def test_without_any_key_it_does_not_start(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    result = books.home.run("gateway", "--port", "0")
    assert result.code == 78 and "chela gateway keys create" in result.err
    for options in (("--bind", "0.0.0.0"), ("--bind", "0.0.0.0", "--anonymous")):
        books.create("alice")
        result = books.home.run("gateway", "--port", "0", *options)
        assert result.code == 64, str(result)  # keys do not travel unencrypted, and are needed


def test_which_models_a_key_may_ask_for(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice", "--model", "fake/be*")
    other = books.create("other", "--model", "openai/gpt-4o,fake/none")
    with books:
        assert books.chat(headers=alice).status == 200
        assert books.chat("fake/other", headers=alice).status == 403
        answer = books.chat("fake/other", models=["fake/bench"], headers=alice)
        assert answer.status == 200 and "x-chela-attempts" not in answer.headers  # the other was not asked
        answer = books.chat(headers=other)
        assert answer.status == 403 and "fake/bench" in answer.json["error"]["message"]
        assert [row["status"] for row in books.rows(4)] == [200, 403, 200, 403]
    assert len(lab.upstream.asked) == 2


@pytest.mark.parametrize("path", ["/chat/completions", "/responses", "/messages"])
def test_openrouter_asks_no_model_that_a_key_may_not(lab, tmp_path, path):
    books = Books(tmp_path, lab, [{"on": f"POST /api/v1{path}$", "replies": [HELLO]}], env=lab.env,
                  key="sk-or-v1-stored")
    body = {"model": "anthropic/claude-sonnet-4.6", "max_tokens": 9, "input": "Hi",
            "messages": [{"role": "user", "content": "Hi"}]}
    some = books.create("some", "--model", "anthropic/*,openrouter/auto")
    wide = books.create("wide", "--model", "anthropic/*,@preset/*,openrouter:*")
    other_model = [{"preset": "dear"}, {"model": "anthropic/claude-sonnet-4.6@preset/dear"},
                   {"plugins": [{"id": "web"}, {"id": "fusion", "model": "openai/o1-pro"}]},
                   {"tools": [{"type": "openrouter:advisor", "parameters": {"model": "openai/o1-pro"}}]},
                   {"tools": [{"type": "image_generation", "model": "openai/gpt-image-1"}]}]
    with books:
        for more in other_model:
            answer = books.ask(path, {**body, **more}, **some)
            assert answer.status == 403 and b"may not ask for" in answer.raw, (more, answer.raw)
        assert not lab.upstream.asked
        for more in other_model:
            books.ask(path, {**body, **more}, **wide)
        books.ask(path, {**body, "plugins": [{"id": "web"}], "models": [], "fallbacks": [{"model": "a/b"}]}, **some)
        books.ask(path, {**body, "model": "openrouter/auto"}, **some)
        assert len(lab.upstream.asked) >= len(other_model) + 2
    assert not lab.strangers


def test_a_model_that_stands_twice_is_one(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice", "--model", "bench")
    with books:
        body = b'{"model":"dear","messages":[{"role":"user","content":"Hi"}],"model":"bench"}'
        assert books.ask("/chat/completions", body, **alice).status == 200
    assert b"dear" not in lab.upstream.asked[-1].raw


# ---- one row for each request, whatever became of it ----

def test_what_the_upstream_billed_is_what_it_cost(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice")
    with books:
        books.chat(headers={**alice, "x-request-id": "mine-1"})
        books.chat(stream=True, headers=alice)
        whole, stream = books.rows(2)
        for row in whole, stream:
            assert (row["cost"], row["estimated"]) == (COST, 0)
            assert (row["prompt"], row["completion"], row["cached"], row["reasoning"]) == (40, 9, 12, 3)
            assert (row["key_name"], row["asked"], row["upstream"]) == ("alice", "fake/bench", "fake")
            assert (row["status"], row["ending"], row["attempts"]) == (200, 0, 1)
            assert row["finish"] == "stop" and 0 <= row["first_ms"] <= row["ms"]
        assert (whole["streamed"], stream["streamed"]) == (0, 1)
        assert whole["request"] == "mine-1" and stream["generation"] == "gen-lab-1"
        assert books.keys()["alice"]["usage"] == pytest.approx(2 * COST, abs=2e-9)
        usage = json.loads(books.command("usage", "--by", "key", "--json"))["outputs"]
        assert [(row["key"], row["requests"], row["promptTokens"]) for row in usage] == [("alice", 2, 80)]
        assert usage[0]["costUsd"] == pytest.approx(2 * COST)
        table = books.command("usage", "--csv", "--by", "upstream").splitlines()
        assert table[0].startswith("upstream,requests,") and table[1].startswith('"fake",2,0,0,80,18,6,24')
        assert "lab/model" in books.command("usage", "--since", "1h")
        assert books.command("usage", "--until", "2020-01-01") == ""


def test_what_nobody_billed_is_an_estimate(lab, tmp_path):
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100,
             "prompt_tokens_details": {"cached_tokens": 600}}
    row = {**PRICED, "cost": {"input": 1, "output": 10, "cacheRead": 0.1}}
    books = Books(tmp_path, lab, always({**HELLO, "usage": usage}), options=["--anonymous"],
                  upstream={"models": [row]})
    with books:
        books.chat()
        found = books.rows(1)[0]
        assert found["estimated"] == 1 and found["key"] == ""
        assert found["cost"] == pytest.approx((400 * 1 + 600 * 0.1 + 100 * 10) / 1e6)
        assert "estimated" in books.command("usage").lower()


ENDS = {  # upstream's reply, client's status, the row's end, is it free
    "whole": (HELLO, 200, "ok", COST),
    "failed": ({"status": 500, "json": {"error": {"message": "no"}}}, 500, "failed", 0),
    "hung up": ({"hang_up": True}, 502, "failed", 0),
    "stalled": ({"events": [{"sleep": 3}]}, 504, "failed", 0),
    "empty": ({"events": [": wait", "[DONE]"]}, 502, "failed", 0),
    "cut": ({"events": CHUNKS[:3] + [{"cut": True}]}, 200, "cut", None),
    "error event": ({"events": CHUNKS[:2] + [{"error": {"message": "no"}}]}, 200, "cut", None),
}


@pytest.mark.parametrize("name", ENDS)
def test_every_way_to_end(lab, tmp_path, name):
    reply, status, end, cost = ENDS[name]
    books = Books(tmp_path, lab, always(reply), {"timeouts": {"firstTokenMs": 300}})
    alice = books.create("alice", "--limit", "0.0112")  # a call may cost 0.01 and a little
    with books:
        assert books.chat(stream=True, headers=alice).status == status
        row = books.rows(1)[0]
        assert (row["status"], ("ok", "failed", "cut", "gone")[row["ending"]]) == (status, end)
        if cost is None:  # what was seen of it, marked so
            assert row["estimated"] == 1 and 0 < row["cost"] < 0.001
        else:
            assert (row["cost"], row["estimated"]) == (cost, 0)
        # nothing stays reserved: what is left is room for one more, and not for two
        left = books.keys()["alice"]["limit_remaining"]
        assert left == pytest.approx(0.0112 - row["cost"], abs=2e-9)
        assert books.chat(headers=alice, n=2).status == 402
        assert books.chat(headers=alice).status != 402


def test_a_client_that_leaves_pays_for_what_came(lab, tmp_path):
    books = Books(tmp_path, lab, always({"events": CHUNKS[:2] + [{"sleep": 0.02}, CHUNKS[1]] * 400}))
    alice = books.create("alice", "--limit", "0.02")
    with books:
        connection = books.connect()
        connection.request("POST", "/api/v1/chat/completions", json.dumps(
            {"model": "fake/bench", "stream": True, "messages": []}), alice)
        assert b"one" in connection.getresponse().read1(65536)
        connection.sock.close()
        connection.close()
        row = books.rows(1)[0]
        assert (row["status"], row["ending"], row["estimated"]) == (499, 3, 1)
        assert 0 < row["cost"] < 0.001 and row["completion"] >= 1


def test_a_key_refused_at_the_door_is_written_down_and_a_stranger_is_not(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice")
    with books:
        assert books.chat().status == 401
        assert books.chat(headers={"Authorization": "Bearer sk-or-v1-" + "0" * 64}).status == 401
        assert books.chat(headers=alice).status == 200
        books.command("keys", "disable", "alice")
        wait_for(lambda: books.chat(headers=alice).status == 401)
        wait_for(lambda: books.sql("SELECT * FROM call WHERE status = 401"))
        assert not books.sql("SELECT * FROM call WHERE key = ''")


# ---- budgets ----

def test_a_hundred_at_once_on_a_budget_for_one(lab, tmp_path):
    usage = {**replies.USAGE, "cost": 0.01}
    books = Books(tmp_path, lab, always({**HELLO, "usage": usage, "delay": 0.5}), options=["--workers", "2"])
    alice = books.create("alice", "--limit", "0.011")  # a call may cost 0.01 and a little
    with books:
        found = []
        together = threading.Barrier(100)

        def ask():
            together.wait()
            found.append(books.chat(headers=alice).status)
        threads = [threading.Thread(target=ask) for _ in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [200] + 99 * [402]
        assert len(lab.upstream.asked) == 1
        assert sum(row["cost"] or 0 for row in books.rows(100)) == 0.01
        assert books.keys()["alice"]["usage"] == 0.01


def test_what_is_spent_is_spent_until_the_window_ends(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice = books.create("alice", "--limit", "0.0103", "--limit-reset", "daily")
    with books:
        assert books.chat(headers=alice).status == 200
        answer = books.chat(headers=alice)
        assert answer.status == answer.json["error"]["code"] == 402
        error = answer.json["error"]
        assert error["metadata"]["error_type"] == "payment_required"
        assert "$0.0103 a day" in error["message"] and "T00:00:00Z" in error["message"]
        assert books.chat(headers=alice, max_tokens=20).status == 200  # of less there is enough
        books.rows(3)
        key = books.keys()["alice"]
        assert key["usage_daily"] == pytest.approx(2 * COST, abs=2e-9) and key["limit_reset"] == "daily"
        books.command("keys", "change", "alice", "--limit", "1")
        wait_for(lambda: books.chat(headers=alice).status == 200)


def test_of_unknown_price_a_little_is_reserved(lab, tmp_path):
    row = {"id": "bench", "name": "Bench"}
    books = Books(tmp_path, lab, always(HELLO), upstream={"models": [row]})
    poor, rich = books.create("poor", "--limit", "0.0009"), books.create("rich", "--limit", "0.001")
    with books:
        assert books.chat(headers=poor).status == 402
        assert books.chat(headers=rich).status == 200


# ---- crashes ----

def test_a_crash_takes_no_row_that_was_there_and_no_reservation(lab, tmp_path):
    """kill -9 with calls under way: the file is whole, and what it says was spent are its rows."""
    books = Books(tmp_path, lab, always({**HELLO, "delay": 0.01}))
    alice = books.create("alice", "--limit", "100")
    answered = []
    books.__enter__()
    going = threading.Event()
    going.set()

    def ask():
        while going.is_set():
            try:
                if books.chat(headers=alice).status == 200:
                    answered.append(time.monotonic())
            except OSError:
                return
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(answered) > 60, 30)
    killed = time.monotonic()
    books.process.send_signal(signal.SIGKILL)
    books.process.wait()
    going.clear()
    for thread in threads:
        thread.join()
    rows = books.sql("SELECT * FROM call")
    safe = [at for at in answered if at < killed - 1]  # far more than the batch, for a busy machine
    assert len(rows) >= len(safe)
    spent = books.keys()["alice"]["usage"]
    assert spent == pytest.approx(sum(row["cost"] for row in rows), abs=1e-9 * (len(rows) + 1))
    assert books.sql("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    with books:
        assert books.chat(headers=alice).status == 200
        assert len(books.rows(len(rows) + 1)) == len(rows) + 1


def test_a_drain_writes_every_row(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO), options=["--anonymous"])
    with books:
        for _ in range(20):
            books.chat()
    assert len(books.sql("SELECT * FROM call")) == 20


def test_old_rows_are_added_up(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO), {"ledger": {"keepRows": 5}}, options=["--anonymous"])
    with books:
        for _ in range(12):
            books.chat()
        books.rows(12)
    with books:
        wait_for(lambda: len(books.sql("SELECT * FROM call")) == 5)
        usage = json.loads(books.command("usage", "--json"))["outputs"]
        assert [(row["requests"], row["promptTokens"]) for row in usage] == [(12, 480)]
        assert usage[0]["costUsd"] == pytest.approx(12 * COST)


# ---- over HTTP ----

def test_keys_over_http(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    root, alice = books.create("root", "--management"), books.create("alice")
    with books:
        assert books.chat(headers=root).status == 403  # it manages, and asks no model
        for method, path in (("GET", "/keys"), ("POST", "/keys"), ("GET", "/credits"), ("GET", "/activity"),
                             ("DELETE", "/keys/" + 64 * "0")):
            answer = books.ask(path, b"{}" if method == "POST" else None, method, **alice)
            assert answer.status == 403 and "management" in answer.json["error"]["message"], path
        answer = books.ask("/keys", {"name": "bob", "limit": 0.5, "allowed_models": ["fake/*"]}, **root)
        assert answer.status == 201
        made, bob = answer.json["data"], {"authorization": "Bearer " + answer.json["key"]}
        assert books.chat(headers=bob).status == 200  # at once
        books.rows(2)
        own = books.ask("/key", **bob).json["data"]
        assert own["limit"] == 0.5 and own["usage"] == pytest.approx(COST, abs=2e-9)
        assert own["label"] == made["label"] and own["label"].endswith(answer.json["key"][-3:])
        path = "/keys/" + made["hash"]
        answer = books.ask(path, {"limit": 0.0001, "limit_reset": "monthly"}, "PATCH", **root)
        assert (answer.json["data"]["limit"], answer.json["data"]["allowed_models"]) == (0.0001, ["fake/*"])
        assert books.chat(headers=bob).status == 402
        for wrong in ({"limit": "1"}, {"limit": -1}, {"limit_reset": "hourly"}, {"name": ""}, {"disabled": 1},
                      {"expires_at": "soon"}, {"allowed_models": ["a*b"]}, []):
            answer = books.ask(path, wrong, "PATCH", **root)
            assert answer.status == 400, wrong
        assert books.ask("/keys", {"limit": 1}, **root).status == 400  # no name
        assert books.ask("/keys", b"{", **root).status == 400
        assert [key["name"] for key in books.ask("/keys?offset=1", **root).json["data"]] == ["alice", "bob"]
        assert books.ask("/keys?offset=x", **root).status == 400
        assert books.ask(path, None, "DELETE", **root).json == {"deleted": True}
        assert books.ask(path, **root).status == 404 and books.chat(headers=bob).status == 401
        assert books.ask("/keys", None, "PUT", **root).status == 405
        for path in ("//metrics", "//healthz/reset", "//cache/clear"):  # not for everybody
            assert books.ask(path, None, "GET" if path == "//metrics" else "POST", **alice).status == 403


def test_what_a_generation_was(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    alice, bob = books.create("alice"), books.create("bob")
    with books:
        answer = books.chat(headers=alice)
        found = books.ask("/generation?id=" + answer.json["id"], **alice).json["data"]
        assert (found["total_cost"], found["tokens_prompt"], found["finish_reason"]) == (COST, 40, "stop")
        assert (found["provider_name"], found["streamed"], found["cancelled"]) == ("fake", False, False)
        assert books.ask("/generation?id=gen%2D" + answer.json["id"][4:], **alice).json["data"]["id"] == answer.json["id"]
        assert books.ask("/generation?id=" + answer.json["id"], **bob).status == 404  # it is not his
        assert books.ask("/generation?id=gen-none", **alice).status == 404
        assert books.ask("/generation", **alice).status == 400


def test_a_job_is_billed_once(lab, tmp_path):
    job = {"id": "job-1", "status": "completed", "unsigned_urls": [], "usage": {"cost": 0.6}}
    rules = [{"on": "POST /v1/videos$", "replies": [{"status": 202, "json": {"id": "job-1", "status": "pending"}}]},
             {"on": "GET /v1/videos/job-1$", "replies": [{"json": {"id": "job-1", "status": "pending"}},
                                                         {"json": job}]}]
    books = Books(tmp_path, lab, rules, upstream={"models": [{"id": "film", "name": "Film"}]})
    alice = books.create("alice")
    with books:
        made = books.ask("/videos", {"model": "fake/film", "prompt": "waves"}, **alice).json
        for _ in range(3):
            assert books.ask("/videos/" + made["id"], **alice).status == 200
        assert [row["cost"] for row in books.rows(4)][1:] == [0, 0.6, 0]
    with books:
        assert books.ask("/videos/" + made["id"], **alice).json["usage"]["cost"] == 0.6
        assert sum(row["cost"] or 0 for row in books.rows(5)) == 0.6


def test_a_job_is_its_clients(lab, tmp_path):
    job = {"id": "job-1", "status": "completed", "unsigned_urls": [], "usage": {"cost": 0.6}}
    rules = [{"on": "POST /v1/videos$", "replies": [{"status": 202, "json": {"id": "job-1", "status": "pending"}}]},
             {"on": "GET /v1/videos/job-1$", "replies": [{"json": job}]},
             {"on": "GET /v1/videos/job-1/content$", "replies": [{"base64": "ZmlsbQ==", "type": "video/mp4"}]}]
    books = Books(tmp_path, lab, rules, upstream={"models": [{"id": "film", "name": "Film"}]})
    alice, bob, boss = books.create("alice"), books.create("bob"), books.create("boss", "--management")
    with books:
        path = "/videos/" + books.ask("/videos", {"model": "fake/film", "prompt": "waves"}, **alice).json["id"]
        early = books.ask(path + "/content", **alice)
        assert early.status == 409 and "GET /api/v1/videos" in early.json["error"]["message"]
        assert books.ask(path, **bob).status == books.ask(path + "/content", **bob).status == 404
        assert books.ask(path, **boss).json["status"] == "completed"  # an owner's look costs nobody
        assert books.ask(path + "/content", **alice).status == 409
        assert books.ask(path, **alice).json["usage"]["cost"] == 0.6
        assert books.ask(path + "/content", **alice).raw == b"film"
        names = {key["hash"]: name for name, key in books.keys().items()}
        assert {(names[row["key"]], row["cost"] or 0) for row in books.rows(8)} == {
            ("alice", 0), ("alice", 0.6), ("bob", 0), ("boss", 0)}


def test_openrouters_sdk_manages_keys(lab, tmp_path):
    books = Books(tmp_path, lab, always(HELLO))
    root, alice = books.create("root", "--management"), books.create("alice", "--limit", "1")
    with books:
        done = subprocess.run(["node", ROOT / "tests/clients/openrouter_keys.mjs", books.url,
                               root["authorization"][7:], alice["authorization"][7:]],
                              check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        seen = json.loads(done.stdout)
        assert seen["made"].pop("key").startswith("sk-or-v1-")
        assert seen["made"] == {"name": "made by the SDK", "limit": 2.5, "reset": "weekly",
                                "expires": "2099-12-31T00:00:00.000Z"}
        assert seen["works"] == "Hello" and seen["deleted"] is True and seen["shown"] == "renamed"
        assert seen["listed"] == ["root", "alice", "made by the SDK"] and seen["hidden"] == ["root", "alice"]
        assert seen["changed"] == ["renamed", True, None]
        assert (seen["disabled"]["status"], seen["gone"]["status"], seen["refused"]["status"]) == (401, 404, 403)
        assert seen["generation"] == {"id": True, "cost": COST, "tokens": [40, 9], "provider": "fake"}
        assert seen["current"]["usage"] == pytest.approx(COST, abs=2e-9) and seen["current"]["limit"] == 1
        assert seen["credits"] == pytest.approx(2 * COST) and seen["activity"] == [["lab/model", 2]]


def test_what_the_cache_answers_is_free(lab, tmp_path):
    books = Books(tmp_path, lab, always({**HELLO, "delay": 0.3}))
    alice = books.create("alice", "--limit", "0.0106")  # for one, and a little
    with books:
        cached = {**alice, "x-openrouter-cache": "true"}
        assert [books.chat(headers=cached).headers["x-openrouter-cache-status"] for _ in range(3)] == [
            "MISS", "HIT", "HIT"]
        rows = books.rows(3)
        assert [(row["cache"], row["cost"], row["ending"]) for row in rows] == [(1, COST, 0), (2, 0, 0), (2, 0, 0)]
        assert {row["asked"] for row in rows} == {"fake/bench"}
        assert json.loads(books.command("usage", "--json"))["outputs"][0]["costUsd"] == COST


MESSAGES = {"max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}]}
RESPONSES = {"input": "Hi", "max_output_tokens": 100}


@pytest.mark.parametrize("path,body,stream", [
    ("/messages", MESSAGES, False), ("/messages", MESSAGES, True), ("/responses", RESPONSES, False),
    ("/responses", RESPONSES, True), ("/completions", {"prompt": "Hi"}, False)])
def test_other_apis_have_rows_too(lab, tmp_path, path, body, stream):
    reply = {"json": {"id": "cmpl-1", "object": "text_completion", "model": "lab/model", "usage": replies.USAGE,
                      "choices": [{"text": "Hello", "index": 0, "finish_reason": "stop"}]}}
    books = Books(tmp_path, lab, [{"on": "POST /v1/completions$", "replies": [reply]}, *always(HELLO)],
                  options=["--anonymous"])
    with books:
        assert books.ask(path, {"model": "fake/bench", "stream": stream, **body}).status == 200
        row = books.rows(1)[0]
        assert (row["path"], row["cost"], row["estimated"]) == (path, COST, 0)
        assert (row["prompt"], row["completion"], row["model"]) == (40, 9, "lab/model")


def test_pictures_are_counted_as_their_api_says(lab, tmp_path):
    usage = {"input_tokens": 7, "output_tokens": 1290, "total_tokens": 1297, "cost": 0.04}
    answer = {"created": 1, "data": [{"b64_json": "iVBORw0KGgo="}], "usage": usage}
    books = Books(tmp_path, lab, [{"on": "POST /v1/images", "replies": [{"json": answer}]}],
                  options=["--anonymous"], upstream={"models": [{"id": "bench", "name": "Bench"}]})
    with books:
        assert books.ask("/images", {"model": "fake/bench", "prompt": "waves"}).status == 200
        row = books.rows(1)[0]
        assert (row["path"], row["prompt"], row["completion"], row["cost"]) == ("/images", 7, 1290, 0.04)
