"""chela models status: what is shown is what is used."""
import json
import re
import sqlite3
import time

import pytest

from support.program import Home
from support.terminal import Terminal

pytestmark = pytest.mark.fast
LETTERS = "0123456789abcdef0123456789"
HOUR = 3600 * 1000


def key(name):
    return f"sk-or-v1-{LETTERS}{name}"


def masked(name):
    return f"sk-or-v1-…{key(name)[-4:]}"


def profile(name, **more):
    return {"type": "api_key", "provider": "openrouter", "key": key(name), **more}


def store(home, profiles, state=None):
    folder = "home/.openclaw/agents/main/agent/"
    home.write(folder + "auth-profiles.json", {"version": 1, "profiles": profiles}, 0o600)
    if state:
        home.write(folder + "auth-state.json", {"version": 1, **state}, 0o600)


def now():
    return int(time.time() * 1000)


def provider(**more):
    return {"models": {"providers": {"openrouter": {
        "baseUrl": "https://openrouter.ai/api/v1", "models": [], **more}}}}


# Each: what makes the home; the name of the key that is used, its source and kind.
SOURCES = {
    "profile": (lambda h: store(h, {"openrouter:default": profile("aaaa")}),
                "aaaa", "auth profile openrouter:default", "profiles"),
    "second profile": (lambda h: store(h, {
        "openrouter:x": profile("bbbb", key={"source": "env", "provider": "default", "id": "NONE"}),
        "openrouter:y": profile("cccc")}), "cccc", "auth profile openrouter:y", "profiles"),
    "order": (lambda h: store(h, {"openrouter:x": profile("bbbb"), "openrouter:y": profile("cccc")},
                              {"order": {"openrouter": ["openrouter:y", "openrouter:x"]}}),
              "cccc", "auth profile openrouter:y", "profiles"),
    "cool-down": (lambda h: store(h, {"openrouter:x": profile("bbbb"), "openrouter:y": profile("cccc")},
                                  {"usageStats": {"openrouter:x": {"cooldownUntil": now() + HOUR}}}),
                  "cccc", "auth profile openrouter:y", "profiles"),
    "expired token": (lambda h: store(h, {
        "openrouter:x": {"type": "token", "provider": "openrouter", "token": key("bbbb"), "expires": 1},
        "openrouter:y": profile("cccc")}), "cccc", "auth profile openrouter:y", "profiles"),
    "environment": (lambda h: h.env.update(OPENROUTER_API_KEY=key("dddd")),
                    "dddd", "environment OPENROUTER_API_KEY", "env"),
    "env block": (lambda h: h.write("home/.openclaw/openclaw.json",
                                    {"env": {"OPENROUTER_API_KEY": key("eeee")}}, 0o600),
                  "eeee", "env.OPENROUTER_API_KEY of the configuration", "env"),
    "dotenv": (lambda h: h.write("home/.openclaw/.env", f"OPENROUTER_API_KEY={key('ffff')}\n", 0o600),
               "ffff", "OPENROUTER_API_KEY in the state folder's .env", "env"),
    "provider": (lambda h: h.write("home/.openclaw/openclaw.json",
                                   provider(apiKey=key("9999")), 0o600),
                 "9999", "models.providers.openrouter.apiKey", "models.json"),
    "provider first": (lambda h: (store(h, {"openrouter:default": profile("aaaa")}),
                                  h.write("home/.openclaw/openclaw.json",
                                          provider(apiKey=key("9999"), auth="api-key"), 0o600)),
                       "9999", "models.providers.openrouter.apiKey", "models.json"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_the_key_that_is_shown_is_the_one_that_is_sent(lab, tmp_path, source):
    prepare, name, said, kind = SOURCES[source]
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": ["Hello"]}]}])
    home = Home(tmp_path, env=lab.env)
    prepare(home)
    status = home.run("models", "status", "--json").json
    assert status["key"]["masked"] == masked(name) and status["key"]["source"] == said
    assert status["auth"]["providers"][0]["effective"] == {"kind": kind, "detail": said}
    assert status["auth"]["missingProvidersInUse"] == []
    assert f"{masked(name)}, from {said}" in home.run("models", "status").out
    home.run("infer", "model", "run", "--prompt", "x")
    assert lab.upstream.asked[0].headers["authorization"] == f"Bearer {key(name)}"
    for text in (home.run("models", "status").out, json.dumps(status)):
        assert key(name) not in text


def test_the_shape(home):
    home.write("home/.openclaw/openclaw.json", {"agents": {"defaults": {
        "model": {"primary": "openrouter/a/b", "fallbacks": ["openrouter/auto", "openrouter/c/d:free"]},
        "imageModel": {"primary": "openrouter/e/f", "fallbacks": ["openrouter/g/h"]},
        "models": {"openrouter/a/b": {"alias": "mine"}, "openrouter/auto": {}}}}}, 0o600)
    store(home, {"openrouter:default": profile("aaaa"), "openrouter:o": {
        "type": "oauth", "provider": "openrouter", "access": "x"}, "anthropic:a": {
        "type": "api_key", "provider": "anthropic", "key": key("zzzz")}})
    status = home.run("models", "status", "--json").json
    agent = str(home.state / "agents/main/agent")
    assert status["configPath"] == str(home.state / "openclaw.json") and status["agentDir"] == agent
    assert status["defaultModel"] == status["resolvedDefault"] == "openrouter/a/b"
    assert status["fallbacks"] == ["openrouter/auto", "openrouter/c/d:free"]
    assert status["imageModel"] == "openrouter/e/f" and status["imageFallbacks"] == ["openrouter/g/h"]
    assert status["aliases"] == {"mine": "openrouter/a/b"}
    assert status["allowed"] == ["openrouter/a/b", "openrouter/auto"]
    auth = status["auth"]
    assert auth["storePath"] == agent + "/auth-profiles.json"
    counts = auth["providers"][0]["profiles"]
    assert (counts["count"], counts["apiKey"], counts["oauth"], counts["token"]) == (2, 1, 1, 0)
    assert counts["labels"][0] == f"openrouter:default={masked('aaaa')}"
    assert [entry["profileId"] for entry in auth["unusableProfiles"]] == ["openrouter:o"]
    assert "no use for" in auth["unusableProfiles"][0]["reason"]
    assert status["route"]["verified"] and status["route"]["exact"]
    assert status["catalog"]["source"] == "bundled" and status["catalog"]["stale"]
    assert home.run("models", "status", "--plain").out == "openrouter/a/b\n"
    assert "mine: openrouter/a/b" in home.run("models", "status").out


def test_profiles_that_cannot_be_used_are_told_with_the_reason(home):
    store(home, {"openrouter:a": profile("aaaa"), "openrouter:b": profile("bbbb"),
                 "openrouter:r": profile("cccc", key={"source": "env", "id": "NOWHERE"}),
                 "openrouter:t": {"type": "token", "provider": "openrouter", "token": "t", "expires": 5}},
          {"order": {"openrouter": ["openrouter:a", "openrouter:r", "openrouter:t"]},
           "usageStats": {"openrouter:a": {"disabledUntil": now() + HOUR}}})
    text = home.run("models", "status").out
    assert "openrouter:a (api_key): in use, OpenClaw lets it rest for" in text
    assert "openrouter:r (api_key): not usable: environment variable NOWHERE is not set" in text
    assert "openrouter:t (token): not usable: its token has expired" in text
    assert "openrouter:b (api_key): not usable: the order of profiles leaves it out" in text
    unusable = home.run("models", "status", "--json").json["auth"]["unusableProfiles"]
    kinds = {entry["profileId"]: entry["kind"] for entry in unusable}
    assert kinds == {"openrouter:a": "disabled", "openrouter:b": "unusable",
                     "openrouter:r": "unusable", "openrouter:t": "unusable"}


@pytest.mark.parametrize("left,code,said", [
    (None, 0, "static"), (48 * HOUR, 0, "ok"), (3 * HOUR, 2, "expiring"), (-HOUR, 1, "expired")],
    ids=["never", "later", "soon", "over"])
def test_check(home, left, code, said):
    token = {"type": "token", "provider": "openrouter", "token": key("aaaa")}
    if left:
        token["expires"] = now() + left
    store(home, {"openrouter:t": token})
    assert home.run("models", "status", "--check").code == code
    result = home.run("models", "status", "--check", "--json")
    assert result.code == code and result.json["auth"]["oauth"]["profiles"][0]["status"] == said


def test_check_without_a_key(home):
    result = home.run("models", "status", "--check")
    assert result.code == 1 and "no key for OpenRouter" in result.out and "chela onboard" in result.out
    assert home.run("models", "status").code == 0
    status = home.run("models", "status", "--json").json
    assert status["key"] is None and status["auth"]["missingProvidersInUse"] == ["openrouter"]
    assert status["auth"]["providers"][0]["effective"]["kind"] == "missing"


def test_status_sends_and_writes_nothing(lab, tmp_path):
    home = Home(tmp_path, env=lab.env, key=key("aaaa"))
    lab.serve([])
    before = home.tree()
    assert home.run("models", "status").code == 0
    assert lab.upstream.seen == [] and not lab.strangers and home.tree() == before


def test_probe_makes_one_small_call(lab, tmp_path):
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": ["OK"]}]}])
    home = Home(tmp_path, env=lab.env, key=key("aaaa"))
    result = home.run("models", "status", "--probe", "--json")
    assert result.code == 0 and result.json["probe"]["ok"], str(result)
    assert result.json["probe"]["text"] == "OK" and result.json["probe"]["latencyMs"] >= 0
    sent, = lab.upstream.asked
    assert sent.body["model"] == "openrouter/auto" and sent.body["max_tokens"] == 16
    assert sent.headers["authorization"] == f"Bearer {key('aaaa')}"
    assert "answered after" in home.run("models", "status", "--probe").out


def test_probe_with_another_profile(lab, tmp_path):
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": ["OK"]}]}])
    home = Home(tmp_path, env=lab.env)
    store(home, {"openrouter:a": profile("aaaa"), "openrouter:b": profile("bbbb")})
    assert home.run("models", "status", "--probe", "--probe-profile", "openrouter:b").code == 0
    assert lab.upstream.asked[0].headers["authorization"] == f"Bearer {key('bbbb')}"


def test_a_model_that_only_thought_has_answered(lab, tmp_path):
    chunks = [{"choices": [{"delta": {"reasoning": "hm"}, "index": 0}]},
              {"choices": [{"delta": {}, "index": 0, "finish_reason": "length"}]}]
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"events": [*chunks, "[DONE]"]}]}])
    home = Home(tmp_path, env=lab.env, key=key("aaaa"))
    result = home.run("models", "status", "--probe", "--json")
    assert result.code == 0 and result.json["probe"]["ok"], str(result)


@pytest.mark.parametrize("status,code", [(401, 77), (402, 77), (404, 69)])
def test_a_probe_that_fails(lab, tmp_path, status, code):
    lab.serve([{"on": "POST /chat/completions$", "replies": [
        {"status": status, "json": {"error": {"code": status, "message": "no such luck"}}}]}])
    home = Home(tmp_path, env=lab.env, key=key("aaaa"))
    result = home.run("models", "status", "--probe", "--json")
    assert result.code == code, str(result)
    assert result.json["ok"] is False and result.json["probe"]["ok"] is False
    assert "no such luck" in result.json["probe"]["error"]["message"]
    assert "no such luck" in home.run("models", "status", "--probe").err


@pytest.mark.parametrize("words,code", [
    (["--json", "--plain"], 64), (["--probe-timeout", "0"], 64), (["--agent", "nobody"], 65)],
    ids=lambda value: "".join(value) if isinstance(value, list) else "")
def test_what_is_refused(home, words, code):
    assert home.run("models", "status", *words).code == code


def test_an_agent_of_its_own_model(home):
    home.write("home/.openclaw/openclaw.json", {"agents": {"list": [
        {"id": "main"}, {"id": "work", "model": "openrouter/w/x"}]}}, 0o600)
    assert home.run("models", "status", "--plain", "--agent", "work").out == "openrouter/w/x\n"
    assert home.run("models", "status", "--plain").out == "openrouter/auto\n"


def test_models_that_rest_are_shown(lab, tmp_path):
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"answer": ["Hello"]}]}])
    home = Home(tmp_path, env=lab.env, key=key("aaaa"))
    assert home.run("models", "status", "--json").json["coolDowns"] == []
    assert home.run("agent", "--session-id", "s", "--message", "x").code == 0
    with sqlite3.connect(home.home / ".state/chela/chela.db") as store_:
        store_.executemany(
            "INSERT INTO cooldown(model, key, since_ms, until_ms, failures, code, message)"
            " VALUES(?, ?, ?, ?, 2, 'rate_limited', 'too many')",
            [("a/b", masked("aaaa"), now(), now() + HOUR), ("c/d", "k", 1, now() - 1)])
    store_.close()
    one, = home.run("models", "status", "--json").json["coolDowns"]
    assert one["model"] == "a/b" and one["key"] == masked("aaaa") and one["code"] == "rate_limited"
    assert 0 < one["remainingMs"] <= HOUR and one["failures"] == 2
    assert re.search(rf"^resting +a/b with {masked('aaaa')}, for 59 minutes: too many$",
                     home.run("models", "status").out, re.M)
    assert home.run("models", "cooldowns", "clear", "x/y").out == "0 models are asked again\n"
    assert home.run("models", "cooldowns", "clear", "openrouter/a/b").out == "1 model is asked again\n"
    assert home.run("models", "status", "--json").json["coolDowns"] == []
    assert home.run("models", "cooldowns", "clear", "--json").json == {"ok": True, "cleared": 1}


# ---- models auth ----

GOOD = {"json": {"data": {"label": "x", "usage": 0, "limit": None}}}


@pytest.fixture
def online(lab, tmp_path):
    lab.serve([{"on": "GET ^/api/v1/key$", "replies": [GOOD]},
               {"on": "POST /chat/completions$", "replies": [{"answer": ["Hello"]}]}])
    return Home(tmp_path, env=lab.env)


def stored(home):
    path = home.state / "agents/main/agent/auth-profiles.json"
    return json.loads(path.read_text())["profiles"] if path.exists() else {}


def used(home, lab):
    home.run("infer", "model", "run", "--prompt", "x")
    return lab.upstream.asked[-1].headers["authorization"][len("Bearer "):]


def test_add_from_standard_input(online, lab):
    result = online.run("models", "auth", "add", "--profile-id", "openrouter:work",
                        stdin=f"export K='{key('aaaa')}'\n")
    assert result.code == 0 and "Stored openrouter:work" in result.out, str(result)
    assert stored(online) == {"openrouter:work": profile("aaaa")}
    config = json.loads((online.state / "openclaw.json").read_text())
    assert config == {"auth": {"profiles": {"openrouter:work": {
        "provider": "openrouter", "mode": "api_key"}}}}
    assert used(online, lab) == key("aaaa")
    assert key("aaaa") not in result.out + result.err


def test_add_at_a_terminal(online):
    with Terminal(online, "models", "auth", "add") as screen:
        screen.expect("(hidden while you type): ")
        screen.wait_until_hidden()
        screen.type(key("aaaa") + "\n")
        result = screen.end()
    assert result.code == 0 and key("aaaa") not in result.out
    assert stored(online) == {"openrouter:default": profile("aaaa")}


def test_what_is_refused_is_not_stored(online, lab):
    lab.serve([{"on": "GET ^/api/v1/key$", "replies": [
        {"status": 401, "json": {"error": {"code": 401, "message": "nope"}}}]}])
    result = online.run("models", "auth", "add", stdin=key("aaaa"))
    assert result.code == 77 and "nope" in result.err and stored(online) == {}
    assert online.run("models", "auth", "add", stdin=" \n").code == 65
    assert online.run("models", "auth", "add", "--provider", "openai", stdin="x").code == 64
    assert online.run("models", "auth", "add", "--profile-id", "a b", stdin="x").code == 64


def test_a_token_expires(online):
    result = online.run("models", "auth", "paste-token", "--provider", "openrouter",
                        "--expires-in", "12h", stdin=key("aaaa"))
    assert result.code == 0, str(result)
    token = stored(online)["openrouter:manual"]
    assert token["type"] == "token" and token["token"] == key("aaaa")
    assert abs(token["expires"] - now() - 12 * HOUR) < 60000
    assert online.run("models", "status", "--check").code == 2
    for bad in ("soon", "0d", "-1h", "d", ""):
        assert online.run("models", "auth", "paste-token", "--expires-in", bad, stdin="x").code == 64


def test_login_says_what_to_do_instead(online):
    result = online.run("models", "auth", "login", "--provider", "openrouter", "--method", "oauth")
    assert result.code == 64 and "models auth add" in result.err
    assert online.run("models", "auth", "login", "--method", "api-key", stdin=key("aaaa")).code == 0
    assert "openrouter:default" in stored(online)


def test_list(home):
    assert "no keys in" in home.run("models", "auth", "list").out
    store(home, {"openrouter:a": profile("aaaa"),
                 "openrouter:r": {"type": "api_key", "provider": "openrouter",
                                  "keyRef": {"source": "env", "provider": "default", "id": "MY_KEY"}},
                 "anthropic:a": {"type": "oauth", "provider": "anthropic", "access": "secret"}})
    text = home.run("models", "auth", "list").out
    assert f"openrouter:a (api_key): {masked('aaaa')}\n" in text
    assert "openrouter:r (api_key): a reference to MY_KEY\n" in text and "secret" not in text
    listed = home.run("models", "auth", "list", "--json", "--provider", "openrouter").json
    assert listed["agentId"] == "main" and listed["provider"] == "openrouter"
    assert listed["authStatePath"].endswith("/agents/main/agent/auth-state.json")
    assert listed["profiles"][0] == {"id": "openrouter:a", "provider": "openrouter",
                                     "type": "api_key", "label": masked("aaaa")}
    assert len(listed["profiles"]) == 2
    assert len(home.run("models", "auth", "list", "--json").json["profiles"]) == 3


def test_the_order_decides(online, lab):
    store(online, {"openrouter:a": profile("aaaa"), "openrouter:b": profile("bbbb")})
    assert online.run("models", "auth", "order", "get").out == "openrouter:a\nopenrouter:b\n"
    assert used(online, lab) == key("aaaa")
    result = online.run("models", "auth", "order", "set", "--provider", "openrouter", "b", "openrouter:a")
    assert result.out == "openrouter:b\nopenrouter:a\n", str(result)
    assert used(online, lab) == key("bbbb")
    assert online.run("models", "auth", "order", "get", "--json").json == {
        "provider": "openrouter", "order": ["openrouter:b", "openrouter:a"]}
    assert online.run("models", "auth", "order", "clear").code == 0
    assert used(online, lab) == key("aaaa")
    unknown = online.run("models", "auth", "order", "set", "openrouter:c")
    assert unknown.code == 65 and "there are: openrouter:a, openrouter:b" in unknown.err


def test_remove(online, lab):
    store(online, {"openrouter:a": profile("aaaa"), "openrouter:b": profile("bbbb"),
                   "anthropic:a": {"type": "oauth", "provider": "anthropic", "access": "x"}})
    online.write("home/.openclaw/openclaw.json", "{ // mine\n  auth: { profiles: { 'openrouter:a': "
                 "{ provider: 'openrouter', mode: 'api_key' } }, order: { openrouter: "
                 "['openrouter:a', 'openrouter:b'] } },\n}\n", 0o600)
    assert used(online, lab) == key("aaaa")
    result = online.run("models", "auth", "remove", "openrouter:a")
    assert result.code == 0 and "Removed openrouter:a" in result.out, str(result)
    assert list(stored(online)) == ["openrouter:b", "anthropic:a"]
    text = (online.state / "openclaw.json").read_text()
    assert "openrouter:a" not in text and text.startswith("{ // mine\n")
    assert used(online, lab) == key("bbbb")
    assert online.run("models", "auth", "remove", "anthropic:a").code == 65
    assert online.run("models", "auth", "remove", "b", "--json").json["removed"] == "openrouter:b"
