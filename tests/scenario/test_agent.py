"""Turns of the agent: tools, interruptions, models that fail. Against the lab's canned replies."""
import json
import signal
import sqlite3
import time

import pytest

from support.program import Home

KEY = "sk-or-v1-0123456789abcdefghij"
CHAT = "POST /chat/completions$"
AGENT = ("agent", "--session-id", "s")


def call(name="session_status", arguments="{}", id="call_a"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def refusal(status, message="no", **more):
    return {"status": status, "json": {"error": {"code": status, "message": message}}, **more}


CALLS = {"answer": [], "calls": [call()]}
FINE = {"answer": ["All is", " well."]}


@pytest.fixture
def home(lab, tmp_path):
    home = Home(tmp_path, key=KEY)
    home.env["NO_PROXY"] = "127.0.0.1"

    def configure(primary="openrouter/a/one", fallbacks=(), **more):
        home.write("home/.openclaw/openclaw.json", {
            "models": {"providers": {"openrouter": {
                "baseUrl": lab.plain_url + "/v1", "models": [], **more.pop("provider", {})}}},
            "agents": {"defaults": {"model": {"primary": primary, "fallbacks": list(fallbacks)}}},
            **more})
    home.configure = configure
    configure()
    return home


def serve(lab, *replies):
    return lab.serve([{"on": CHAT, "replies": list(replies)}])


def by_model(lab, replies):
    """{"a/one": [reply, …], …}"""
    return lab.serve([{"on": CHAT, "body": f'"model":"{model}"', "replies": list(list_)}
                      for model, list_ in replies.items()])


def asked(upstream):
    return [request.body["model"] for request in upstream.asked]


def roles(request):
    return [message["role"] for message in request.body["messages"]]


def database(home):
    return sqlite3.connect(home.home / ".state" / "chela" / "chela.db")


def turns(home):
    return [tuple(row) for row in database(home).execute("SELECT turn, state, error FROM turn")]


# ---- tools ----

def test_a_tool_is_called_and_told_of(home, lab):
    upstream = serve(lab, {"answer": ["Let me", " look."], "calls": [call()]}, FINE)
    done = home.run(*AGENT, "--message", "How are we doing?")
    assert done.code == 0 and done.out == "Let me look.\nAll is well.\n"
    status = json.loads(upstream.asked[1].body["messages"][-1]["content"])
    assert status["session"] == "s" and status["model"] == "openrouter/a/one"
    assert status["usage"]["promptTokens"] == 40 and "now" in status


def test_the_envelope_sums_up_the_turn(home, lab):
    serve(lab, CALLS, FINE)
    document = home.run(*AGENT, "--message", "x", "--json").json
    assert document["ok"] and document["capability"] == "agent.turn"
    assert document["outputs"] == [{"text": "All is well."}]
    assert document["usage"]["rounds"] == 2 and document["usage"]["prompt_tokens"] == 80
    assert abs(document["usage"]["cost"] - 2 * 0.00052) < 1e-9
    assert document["usage"]["prompt_tokens_details"]["cached_tokens"] == 24
    [made] = document["toolCalls"]
    assert made["ok"] and made["name"] == "session_status" and made["id"] == "call_a"
    assert [attempt["round"] for attempt in document["attempts"]] == [1, 2]
    assert document["session"] == "s" and document["turn"] == 1


def test_twins_and_missing_ids_are_told_apart(home, lab):
    upstream = serve(lab, {"answer": [], "calls": [call(id="x"), call(id="")]},
                     {"answer": [], "calls": [call(id="x")]}, FINE)
    assert home.run(*AGENT, "--message", "x").code == 0
    messages = upstream.asked[2].body["messages"]
    answered = [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    called = [one["id"] for message in messages for one in message.get("tool_calls") or []]
    assert answered == called and "" not in called


@pytest.mark.parametrize("arguments,error", [
    ('{"a":', "the arguments are not JSON"), ("[1]", "arguments: expected object, not an array")])
def test_bad_arguments_can_be_mended(home, lab, arguments, error):
    upstream = serve(lab, {"answer": [], "calls": [call(arguments=arguments)]}, CALLS, FINE)
    document = home.run(*AGENT, "--message", "x", "--json").json
    assert [made["ok"] for made in document["toolCalls"]] == [False, True]
    assert document["toolCalls"][0]["arguments"] == arguments
    messages = upstream.asked[1].body["messages"]
    assert error in messages[-1]["content"]
    assert messages[-2]["tool_calls"][0]["function"]["arguments"] == "{}"


def test_25_rounds_and_no_more(home, lab):
    upstream = serve(lab, CALLS)
    document = home.run(*AGENT, "--message", "x", "--json").json
    assert not document["ok"] and document["error"]["code"] == "too_large"
    assert "25 times" in document["error"]["message"]
    assert len(upstream.asked) == 25 and len(document["toolCalls"]) == 25
    upstream = serve(lab, FINE)  # what was done is kept
    done = home.run("agent", "--session-id", "s", "--continue")
    assert done.code == 0 and done.out == "All is well.\n"
    assert len(upstream.asked[0].body["messages"]) == 2 + 50


# ---- interrupted ----

def test_the_same_question_goes_on_where_it_was(home, lab):
    upstream = serve(lab, CALLS, refusal(401), FINE)
    assert home.run(*AGENT, "--message", "x").code == 77
    assert turns(home) == [(1, "open", "key_refused")]
    done = home.run(*AGENT, "--message", "x")
    assert done.code == 0 and "going on with the turn that was interrupted after 1 answer" in done.err
    assert roles(upstream.asked[2]) == ["system", "user", "assistant", "tool"]
    assert upstream.asked[2].raw == upstream.asked[1].raw
    assert turns(home) == [(1, "done", "")]


def test_continue_needs_a_turn_and_no_message(home, lab):
    serve(lab, FINE)
    assert home.run(*AGENT, "--continue").code == 64
    assert home.run(*AGENT, "--continue", "--message", "x").code == 64
    assert home.run(*AGENT, "--message", "x").code == 0
    done = home.run(*AGENT, "--continue")
    assert done.code == 64 and "no turn of session \"s\" was interrupted" in done.err


def test_another_question_closes_it(home, lab):
    upstream = serve(lab, CALLS, refusal(401), FINE)
    assert home.run(*AGENT, "--message", "x").code == 77
    done = home.run(*AGENT, "--message", "y")
    assert done.code == 0 and "the last turn was interrupted" in done.err
    assert roles(upstream.asked[2]) == ["system", "user", "assistant", "tool", "user"]
    assert [state for _, state, _ in turns(home)] == ["closed", "done"]


def test_a_question_that_was_refused_does_not_poison_the_session(home, lab):
    upstream = serve(lab, refusal(400, "unreadable picture"), FINE)
    assert home.run(*AGENT, "--message", "x").code == 65
    done = home.run(*AGENT, "--message", "y")
    assert done.code == 0 and "was refused (bad_request)" in done.err
    assert roles(upstream.asked[1]) == ["system", "user"]
    assert [state for _, state, _ in turns(home)] == ["withdrawn", "done"]


def test_what_cannot_be_asked_leaves_no_trace(home, lab):
    serve(lab, FINE)
    assert home.run(*AGENT, "--message", "x", "--thinking", "max").code == 64
    assert database(home).execute("SELECT count(*) FROM session").fetchone() == (0,)


def test_ctrl_c_keeps_what_was_done(home, lab):
    upstream = serve(lab, CALLS, {"answer": ["never"], "delay": 20}, FINE)
    process = home.start(*AGENT, "--message", "x")
    end = time.monotonic() + 20
    while len(upstream.asked) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    start = time.monotonic()
    process.communicate(timeout=20)
    assert process.returncode == 130 and time.monotonic() - start < 2
    assert turns(home) == [(1, "open", "cancelled")]
    done = home.run(*AGENT, "--continue")
    assert done.code == 0 and roles(upstream.asked[2]) == ["system", "user", "assistant", "tool"]


def test_two_turns_wait_for_each_other(home, lab):
    upstream = serve(lab, {"answer": ["First."], "delay": 2}, {"answer": ["Second."]})
    first = home.start(*AGENT, "--message", "one")
    while not upstream.asked:
        time.sleep(0.02)
    second = home.run(*AGENT, "--message", "two")
    assert second.out == "Second.\n" and "waiting for another turn of session" in second.err
    assert first.communicate(timeout=20)[0] == b"First.\n"
    assert roles(upstream.asked[1]) == ["system", "user", "assistant", "user"]
    other = serve(lab, {"answer": ["Slow."], "delay": 2}, FINE)  # another session does not wait
    first = home.start(*AGENT, "--message", "one")
    while not other.asked:
        time.sleep(0.02)
    assert home.run("agent", "--session-id", "other", "--message", "x").err == ""
    first.communicate(timeout=20)


def test_waiting_counts_for_the_time_limit(home, lab):
    upstream = serve(lab, {"answer": ["First."], "delay": 3})
    first = home.start(*AGENT, "--message", "one")
    while not upstream.asked:
        time.sleep(0.02)
    late = home.run(*AGENT, "--message", "two", "--timeout", "1")
    assert late.code == 75 and "another turn of session" in late.err
    first.communicate(timeout=20)


# ---- models that fail ----

def test_the_whole_list_is_walked(home, lab):
    """17 models, 16 of which fail in five ways."""
    models = [f"m/{number:02}" for number in range(17)]
    ways = [refusal(402, "no credit"), refusal(404, "no such model"), refusal(400, "bad"),
            {"events": [": OPENROUTER PROCESSING", "[DONE]"]}, {"answer": []}]
    replies = {model: [ways[index % 5]] for index, model in enumerate(models[:16])}
    upstream = by_model(lab, {**replies, models[16]: [FINE]})
    home.configure("openrouter/" + models[0], ["openrouter/" + model for model in models[1:]])
    document = home.run(*AGENT, "--message", "x", "--json").json
    assert document["ok"] and document["model"] == models[16]
    assert [attempt["model"] for attempt in document["attempts"]] == models == asked(upstream)
    assert [attempt["ok"] for attempt in document["attempts"]] == [False] * 16 + [True]
    codes = ["payment_required", "not_found", "bad_request", "stream_cut", "empty_answer"]
    assert [attempt["code"] for attempt in document["attempts"][:5]] == codes


def test_all_of_them_failing_says_so_of_each(home, lab):
    by_model(lab, {"a/one": [refusal(402, "no credit")], "a/two": [refusal(404, "unknown")]})
    home.configure(fallbacks=["openrouter/a/two"])
    done = home.run(*AGENT, "--message", "x")
    assert done.code == 77
    assert "2 models failed: a/one: HTTP 402: no credit; a/two: HTTP 404: unknown" in done.err
    assert "a/one: HTTP 402: no credit; asking a/two next" in done.err


def test_503_is_tried_three_times_and_then_passed_on(home, lab):
    upstream = by_model(lab, {"a/one": [refusal(503, headers={"retry-after": "0"})],
                              "a/two": [FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    document = home.run(*AGENT, "--message", "x", "--json").json
    assert document["ok"] and asked(upstream) == ["a/one"] * 3 + ["a/two"]
    assert len(document["attempts"]) == 4


def test_what_was_shown_is_not_asked_for_again(home, lab):
    cut = {"events": [{"id": "g", "choices": [{"index": 0, "delta": {"content": "Half an"}}]},
                      {"cut": True}]}
    upstream = by_model(lab, {"a/one": [cut], "a/two": [FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    done = home.run(*AGENT, "--message", "x")
    assert done.code == 76 and done.out == "Half an\n" and asked(upstream) == ["a/one"]


def test_a_refused_key_needs_another_key(home, lab):
    upstream = by_model(lab, {"a/one": [refusal(401)], "a/two": [FINE], "a/three": [FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x").code == 77
    assert asked(upstream) == ["a/one"]
    home.write("home/.openclaw/agents/main/agent/auth-profiles.json", {"version": 1, "profiles": {
        name: {"type": "api_key", "provider": "openrouter", "key": key} for name, key in
        (("openrouter:default", KEY), ("openrouter:work", "sk-or-v1-zyxwvutsrqponmlkjihg"))}}, 0o600)
    home.configure(fallbacks=["openrouter/a/two", "openrouter/a/three@work"])
    assert home.run(*AGENT, "--message", "x").code == 0
    assert asked(upstream)[1:] == ["a/one", "a/three"]
    assert upstream.asked[2].headers["authorization"].endswith("zyxwvutsrqponmlkjihg")


def test_a_model_that_was_named_has_no_fallbacks(home, lab):
    upstream = by_model(lab, {"a/other": [refusal(402)], "a/two": [FINE], "a/one": [refusal(402)]})
    home.configure(fallbacks=["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x", "--model", "openrouter/a/other").code == 77
    assert home.run("agent", "--message", "x", "--model", "openrouter/a/one").code == 0
    assert asked(upstream) == ["a/other", "a/one", "a/two"]


def test_the_one_who_answered_goes_on(home, lab):
    upstream = by_model(lab, {"a/one": [refusal(404)], "a/two": [CALLS, FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x").code == 0
    assert asked(upstream) == ["a/one", "a/two", "a/two"]


def test_a_level_of_the_chosen_model_falls_for_another(home, lab):
    upstream = by_model(lab, {"deepseek/deepseek-v4-pro": [refusal(404)], "a/two": [FINE]})
    home.configure("openrouter/deepseek/deepseek-v4-pro", ["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x", "--thinking", "xhigh").code == 0
    assert upstream.asked[1].body["reasoning"] == {"effort": "high"}


# ---- cooling down ----

def test_a_model_that_cools_down_is_passed_over(home, lab):
    upstream = by_model(lab, {"a/one": [refusal(402, "no credit"), FINE], "a/two": [FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x").code == 0
    done = home.run(*AGENT, "--message", "y", "--json")
    assert asked(upstream) == ["a/one", "a/two", "a/two"]
    skipped, answered = done.json["attempts"]
    assert skipped["skipped"] and skipped["model"] == "a/one" and not skipped["ok"]
    assert skipped["code"] == "payment_required" and answered["ok"]
    assert "a/one cools down for" in done.err and "asking a/two next" in done.err
    home.configure()  # no other is left: it is asked, and answers
    assert home.run(*AGENT, "--message", "z").code == 0
    assert asked(upstream)[3:] == ["a/one"]
    assert database(home).execute("SELECT count(*) FROM cooldown").fetchone() == (0,)


def test_when_all_cool_down_they_are_asked(home, lab):
    upstream = by_model(lab, {"a/one": [refusal(404)], "a/two": [refusal(404), FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x").code == 69
    assert home.run(*AGENT, "--message", "x").code == 0
    assert asked(upstream) == ["a/one", "a/two", "a/one", "a/two"]


def test_another_key_starts_afresh(home, lab):
    upstream = by_model(lab, {"a/one": [refusal(402), FINE], "a/two": [FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    assert home.run(*AGENT, "--message", "x").code == 0
    home.store_key("sk-or-v1-anotherkeyofthesame")
    assert home.run(*AGENT, "--message", "y").code == 0
    assert asked(upstream) == ["a/one", "a/two", "a/one"]
    assert b"anotherkey" not in b"".join(path.read_bytes() for path in
                                         (home.home / ".state" / "chela").glob("chela.db*"))


def test_ones_own_time_limit_is_no_fault_of_the_model(home, lab):
    upstream = by_model(lab, {"a/one": [{"answer": ["late"], "delay": 4}], "a/two": [FINE]})
    home.configure(fallbacks=["openrouter/a/two"])
    done = home.run(*AGENT, "--message", "x", "--timeout", "1")
    assert done.code == 75 and "the turn took longer than 1 s" in done.err
    assert asked(upstream) == ["a/one"]
    assert database(home).execute("SELECT count(*) FROM cooldown").fetchone() == (0,)


# ---- pictures, explain ----

def test_pictures_stay_in_the_conversation(home, lab):
    picture = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
                            "0000000d49444154789c63fccfc0500f0004850180844a8c210000000049454e44"
                            "ae426082")
    home.write("a.png", picture)
    upstream = serve(lab, FINE)
    assert home.run(*AGENT, "--message", "What is it?", "--file", "a.png").code == 0
    assert home.run(*AGENT, "--message", "And now?").code == 0
    first, second = [request.body["messages"][1] for request in upstream.asked]
    assert first == second and first["content"][1]["image_url"]["url"].startswith("data:image/png")


def test_explain_shows_the_request_and_leaves_no_trace(home, lab):
    upstream = serve(lab, FINE)
    before = home.tree()
    shown = home.run("explain", "--json", *AGENT, "--message", "x").json
    assert home.tree() == before
    assert home.run(*AGENT, "--message", "x").code == 0
    assert shown["body"] == upstream.asked[0].body
    assert shown["body"]["tools"][0]["function"]["name"] == "session_status"


def test_the_prefix_of_a_conversation_stays(home, lab):
    upstream = serve(lab, CALLS, FINE, CALLS, FINE)
    for text in ("one", "two"):
        assert home.run(*AGENT, "--message", text).code == 0
    bodies = [request.raw.decode() for request in upstream.asked]
    for before, after in zip(bodies, bodies[1:]):
        assert after.startswith(before[:before.rindex('],"tools":[{"type":"function"')])
