"""chela onboard, played at a terminal and in scripts."""
import json
import os
import signal
import stat

import pytest

from support.program import Home
from support.terminal import CTRL_C, CTRL_D, CTRL_Z, Terminal

pytestmark = pytest.mark.fast
KEY = "sk-or-v1-0123456789abcdef0123456789abcdef"
OTHER = "sk-or-v1-fedcba9876543210fedcba9876543210"
PROFILES = ".openclaw/agents/main/agent/auth-profiles.json"
CONFIG = ".openclaw/openclaw.json"
SILENT = ["onboard", "--non-interactive", "--accept-risk"]
ASKS = "OpenRouter key (hidden while you type): "
GOOD = {"json": {"data": {"label": "sk-or-v1-012...def", "usage": 1.25, "limit": 10,
                          "limit_remaining": 8.75, "is_free_tier": False}}}
BAD = {"status": 401, "json": {"error": {"code": 401, "message": "No auth credentials found"}}}
ADDED = {
    "auth": {"profiles": {"openrouter:default": {"provider": "openrouter", "mode": "api_key"}}},
    "plugins": {"entries": {"openrouter": {"enabled": True}}},
    "agents": {"defaults": {"models": {"openrouter/auto": {"alias": "OpenRouter"}},
                            "model": {"primary": "openrouter/auto"}}},
}


def serve(lab, *replies):
    return lab.serve([{"on": "GET ^/api/v1/key$", "replies": list(replies)},
                      {"on": "POST /chat/completions$", "replies": [{"answer": ["Hello"]}]}])


@pytest.fixture
def online(lab, tmp_path):
    """A home whose way to openrouter.ai ends in the lab, which takes any key."""
    serve(lab, GOOD)
    return Home(tmp_path, env=lab.env)


@pytest.fixture
def offline(tmp_path):
    return Home(tmp_path, env={"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""})


def profiles(home):
    return json.loads((home.home / PROFILES).read_text())["profiles"]


def config(home):
    return json.loads((home.home / CONFIG).read_text())


def written(home):
    """The files under HOME, without chela's cache of models."""
    return [name for name, data in home.tree().items() if data is not None and ".cache" not in name]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def expect_stored(home, key=KEY):
    assert profiles(home)["openrouter:default"] == {
        "type": "api_key", "provider": "openrouter", "key": key}
    assert mode(home.home / PROFILES) == 0o600
    assert mode((home.home / PROFILES).parent) == 0o700
    assert key not in (home.home / CONFIG).read_text()


def answer(screen, text, end="\n"):
    """Waits to be asked for the key, and types."""
    screen.expect(ASKS)
    screen.wait_until_hidden()
    screen.type(text + end)


# ---- the dialogue ----

def test_a_person_sets_up_openrouter(online, lab):
    with Terminal(online, "onboard") as screen:
        screen.expect("https://openrouter.ai/keys")
        answer(screen, KEY)
        screen.expect("good, says https://openrouter.ai, $1.25 used of $10.00, $8.75 left")
        result = screen.end()
    assert result.code == 0, str(result)
    assert KEY not in result.out and "sk-or-v1-…cdef" in result.out
    expect_stored(online)
    assert config(online) == ADDED
    assert mode(online.home / CONFIG) == 0o600
    asked = lab.upstream.seen[0]
    assert str(asked) == "GET https://openrouter.ai/api/v1/key"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.headers["x-openrouter-title"] == "OpenClaw"
    hello = online.run("infer", "model", "run", "--prompt", "hi")
    assert hello.out == "Hello\n", str(hello)
    assert lab.upstream.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert lab.upstream.asked[0].body["model"] == "openrouter/auto"
    assert not lab.strangers


def test_a_wrong_key_is_told_and_asked_for_again(online, lab):
    serve(lab, BAD, GOOD)
    with Terminal(online, "onboard") as screen:
        answer(screen, OTHER)
        screen.expect("https://openrouter.ai refuses it: HTTP 401: No auth credentials found")
        screen.expect("Nothing was stored. Try again")
        assert written(online) == []
        answer(screen, KEY)
        screen.expect("good")
        assert screen.end().code == 0
    expect_stored(online)


def test_three_wrong_keys_end_it(online, lab):
    serve(lab, BAD)
    with Terminal(online, "onboard") as screen:
        for _ in range(3):
            answer(screen, OTHER)
            screen.expect("refuses it")
        result = screen.end()
    assert result.code == 77 and "no key after 3 tries; nothing was stored" in result.out
    assert written(online) == [] and OTHER not in result.out
    assert len(lab.upstream.seen) == 3


def test_without_a_network_it_works_and_says_so(offline):
    with Terminal(offline, "onboard") as screen:
        answer(screen, KEY)
        screen.expect("not checked: ")
        result = screen.end()
    assert result.code == 0, str(result)
    expect_stored(offline)


def test_unchecked_and_not_like_a_key_it_is_asked_about(offline):
    with Terminal(offline, "onboard") as screen:
        answer(screen, "my shopping list".replace(" ", "-"))
        screen.expect("Store it all the same? [y/N] ")
        screen.type("\n")
        answer(screen, CTRL_D, end="")
        result = screen.end()
    assert result.code == 130 and written(offline) == []


@pytest.mark.parametrize("pasted", [
    f"export OPENROUTER_API_KEY=\"{KEY}\";", f"  '{KEY}' ", f"\x1b[200~{KEY}\x1b[201~",
    f"Authorization: Bearer {KEY}"], ids=["export", "quotes", "bracketed", "header"])
def test_what_is_pasted_is_undressed(online, pasted):
    with Terminal(online, "onboard") as screen:
        answer(screen, pasted)
        assert screen.end().code == 0
    expect_stored(online)


def test_the_rest_of_a_paste_answers_nothing(online):
    with Terminal(online, "onboard", env={"OPENROUTER_API_KEY": OTHER}) as screen:
        screen.expect("Use it? [Y/n] ")
        screen.type("n\n")
        answer(screen, f"{KEY}\nrm -rf everything")
        result = screen.end()
    assert result.code == 0 and "everything" not in result.out
    expect_stored(online)


@pytest.mark.parametrize("typed", ["", "sk or", "sk-\u00e9"], ids=["nothing", "blank", "letter"])
def test_what_cannot_be_a_key_is_not_sent(online, lab, typed):
    with Terminal(online, "onboard") as screen:
        answer(screen, typed)
        screen.expect("what was typed: the key ")
        answer(screen, CTRL_C, end="")
        assert screen.end().code == 130
    assert lab.upstream.seen == [] and written(online) == []


# ---- ends in the middle ----

def test_ctrl_c_gives_the_terminal_back_and_stores_nothing(online):
    with Terminal(online, "onboard") as screen:
        answer(screen, KEY[:20] + CTRL_C, end="")
        result = screen.end()
    assert result.code == 130 and "nothing was stored" in result.out
    assert written(online) == [] and KEY[:20] not in result.out


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_gives_the_terminal_back(online, how):
    with Terminal(online, "onboard") as screen:
        screen.expect(ASKS)
        screen.wait_until_hidden()
        screen.process.send_signal(how)
        result = screen.end()
    assert result.code == (130 if how == signal.SIGINT else -how)
    assert written(online) == []


def test_ctrl_z_gives_the_terminal_back_until_it_goes_on(online):
    job = 'set -m; "$@"; echo it stopped; read -r; fg >/dev/null'
    with Terminal(online, "onboard", script=job) as screen:
        answer(screen, CTRL_Z, end="")
        screen.expect("it stopped")
        assert screen.echoes
        screen.type("\n")
        answer(screen, KEY)
        assert screen.end().code == 0
    expect_stored(online)


def test_ctrl_c_while_the_key_is_checked(online, lab):
    serve(lab, {"delay": 15, **GOOD})
    with Terminal(online, "onboard") as screen:
        answer(screen, KEY)
        screen.expect("Checking it")
        screen.type(CTRL_C)
        result = screen.end()
    assert result.code == 130 and "nothing was stored" in result.out
    assert written(online) == []


# ---- what is there already ----

def test_a_stored_key_is_offered(online, lab):
    online.store_key(KEY, email="me@example.com")
    before = (online.home / PROFILES).read_bytes()
    with Terminal(online, "onboard") as screen:
        screen.expect("There is a key already: auth profile openrouter:default (sk-or-v1-…cdef). "
                      "Use it? [Y/n] ")
        screen.type("\n")
        screen.expect("good")
        result = screen.end()
    assert result.code == 0 and "as it is in auth profile openrouter:default" in result.out
    assert (online.home / PROFILES).read_bytes() == before
    assert config(online) == ADDED
    assert lab.upstream.seen[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_stored_key_that_is_refused_is_replaced(online, lab):
    serve(lab, BAD, GOOD)
    online.store_key(OTHER)
    with Terminal(online, "onboard") as screen:
        screen.expect("Use it? [Y/n] ")
        screen.type("y\n")
        screen.expect("refuses it")
        answer(screen, KEY)
        assert screen.end().code == 0
    expect_stored(online)


def test_the_environment_is_offered_and_stored(online):
    with Terminal(online, "onboard", env={"OPENROUTER_API_KEY": KEY}) as screen:
        screen.expect("environment OPENROUTER_API_KEY (sk-or-v1-…cdef). Use it? [Y/n] ")
        screen.type("\n")
        assert screen.end().code == 0
    expect_stored(online)


def test_a_chosen_model_is_kept_when_asked(online):
    text = '{ // mine\n  agents: { defaults: { model: "openrouter/anthropic/claude-sonnet-4.6" } },\n}\n'
    online.write("home/" + CONFIG, text)
    online.store_key(KEY)
    with Terminal(online, "onboard") as screen:
        screen.expect("Use it? [Y/n] ")
        screen.type("\n")
        screen.expect("The default model is openrouter/anthropic/claude-sonnet-4.6. Keep it?")
        screen.type("\n")
        assert screen.end().code == 0
    after = (online.home / CONFIG).read_text()
    assert '{ // mine\n  agents: { defaults: { model: "openrouter/anthropic/claude-sonnet-4.6" }' in after
    assert "openrouter/auto" not in after


# ---- scripts ----

def test_nothing_is_asked_without_a_terminal(online):
    for words in (["onboard"], ["onboard", "--openrouter-api-key", KEY]):
        result = online.run(*words)
        assert result.code == 64 and "no terminal to ask at" in result.err, str(result)
        assert "--non-interactive --accept-risk" in result.err
    assert written(online) == []


def test_the_risk_has_to_be_accepted(online):
    result = online.run("onboard", "--non-interactive", "--openrouter-api-key", KEY)
    assert result.code == 64 and "--accept-risk" in result.err and written(online) == []


@pytest.mark.parametrize("way", ["flag", "choice", "stdin", "file", "file-stdin", "environment",
                                 "token"])
def test_ways_to_give_the_key(online, way):
    online.write("key", f"OPENROUTER_API_KEY='{KEY}'\n", 0o600)
    words, stdin, env = {
        "flag": (["--openrouter-api-key", KEY], None, {}),
        "choice": (["--auth-choice", "openrouter-api-key", "--openrouter-api-key", f" {KEY}\r\n"],
                   None, {}),
        "stdin": (["--openrouter-api-key", "-"], KEY + "\n", {}),
        "file": (["--openrouter-api-key-file", "key"], None, {}),
        "file-stdin": (["--openrouter-api-key-file", "-"], KEY, {}),
        "environment": ([], None, {"OPENROUTER_API_KEY": KEY}),
        "token": (["--auth-choice", "apiKey", "--token-provider", "openrouter", "--token", KEY],
                  None, {}),
    }[way]
    result = online.run(*SILENT, *words, stdin=stdin, env=env)
    assert result.code == 0, str(result)
    assert KEY not in result.out + result.err
    expect_stored(online)
    assert config(online) == ADDED


def test_every_flag_of_openclaw_is_taken(online):
    result = online.run(
        *SILENT, "--auth-choice", "openrouter-api-key", "--openrouter-api-key", KEY, "--mode",
        "local", "--flow", "quickstart", "--workspace", "w", "--secret-input-mode", "plaintext",
        "--gateway-port", "18789", "--gateway-bind", "loopback", "--gateway-auth", "token",
        "--gateway-token", "t", "--gateway-token-ref-env", "T", "--gateway-password", "p",
        "--install-daemon", "--no-install-daemon", "--skip-daemon", "--daemon-runtime", "node",
        "--skip-channels", "--skip-skills", "--skip-bootstrap", "--skip-search", "--skip-health",
        "--skip-ui", "--node-manager", "npm", "--tailscale", "off")
    assert result.code == 0, str(result)
    assert config(online) == ADDED


def test_the_order_in_which_a_key_is_looked_for(online):
    online.store_key(OTHER)
    assert "auth profile openrouter:default" in online.run(*SILENT).out
    assert profiles(online)["openrouter:default"]["key"] == OTHER
    online.run(*SILENT, env={"OPENROUTER_API_KEY": KEY})
    expect_stored(online)
    online.run(*SILENT, "--openrouter-api-key", OTHER, env={"OPENROUTER_API_KEY": KEY})
    expect_stored(online, OTHER)


@pytest.mark.parametrize("words,code,say", [
    ([], 78, "no key: --openrouter-api-key"),
    (["--auth-choice", "openrouter-api-key"], 78, "https://openrouter.ai/keys"),
    (["--openrouter-api-key", " \n"], 65, "--openrouter-api-key: the key is empty"),
    (["--openrouter-api-key", "a b"], 65, "the key holds a blank"),
    (["--openrouter-api-key-file", "nowhere"], 66, "nowhere: No such file"),
    (["--openrouter-api-key", KEY, "--token", KEY], 64, "the key is given twice"),
    (["--secret-input-mode", "reference"], 64, "--secret-input-mode is plaintext or ref"),
    (["--secret-input-mode", "ref"], 78, "reference to OPENROUTER_API_KEY, which is not set"),
    (["--secret-input-mode", "ref", "--openrouter-api-key", KEY], 64, "has to be set too"),
    (["--reset", "--reset-scope", "config+cred"], 64, "--reset-scope is config, creds and sessions"),
    (["--reset-scope", "full"], 64, "give both"),
    (["--auth-choice", "openrouter-api-kee"], 64, "did you mean openrouter-api-key?"),
    (["--auth-choice", "anthropic-api-key"], 64, "openrouter-api-key and skip"),
    (["--auth-choice", "openrouter-oauth"], 64, "https://openrouter.ai/keys"),
    (["--token-provider", "anthropic"], 64, "one provider is openrouter"),
    (["--mode", "remote", "--openrouter-api-key", KEY], 64, "only local"),
    (["--sandbox", "not a url"], 64, "a URL or a port"),
], ids=lambda value: "_".join(value)[:40] if isinstance(value, list) else "")
def test_what_is_refused(online, lab, words, code, say):
    result = online.run(*SILENT, *words)
    assert result.code == code and say in result.err and result.out == "", str(result)
    assert written(online) == [] and lab.upstream.seen == []
    enveloped = online.run(*SILENT, *words, "--json")
    assert enveloped.code == code and enveloped.json["ok"] is False
    assert enveloped.json["error"]["message"] and KEY not in enveloped.out


def test_a_refused_key_is_not_stored(online, lab):
    serve(lab, BAD)
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 77 and "nothing was stored" in result.err and written(online) == []


def test_a_management_key_is_refused(online, lab):
    serve(lab, {"json": {"data": {"label": "x", "is_management_key": True}}})
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 77 and "management key" in result.err and written(online) == []


@pytest.mark.parametrize("reply,why", [
    ({"status": 500, "json": {"error": {"code": 500, "message": "boom"}}}, "HTTP 500: boom"),
    ({"status": 404, "text": "<html>no</html>", "headers": {"content-type": "text/html"}}, "HTTP 404"),
    ({"text": "<html>log in</html>", "headers": {"content-type": "text/html"}}, "something else"),
    ({"status": 302, "text": "", "headers": {"location": "https://elsewhere.example"}}, "302"),
], ids=["500", "404", "portal", "redirect"])
def test_no_clear_answer_leaves_the_key_unchecked(online, lab, reply, why):
    serve(lab, reply)
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 0 and "not checked: " in result.out and why in result.out, str(result)
    expect_stored(online)
    assert not lab.strangers


def test_the_check_gives_up(online, lab):
    serve(lab, {"delay": 25, **GOOD})
    result = online.run(*SILENT, "--openrouter-api-key", KEY, timeout=15)
    assert result.code == 0 and "not checked: " in result.out


def test_a_base_url_of_ones_own_is_asked_and_no_other(lab, tmp_path):
    serve(lab, GOOD)
    lab.upstream.rules[0]["on"] = "GET ^/v9/key$"
    home = Home(tmp_path, env=lab.env, config={"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/v9", "models": [], "headers": {"X-Mine": "1"}}}}})
    result = home.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 0, str(result)
    assert [str(seen) for seen in lab.upstream.seen] == [f"GET {lab.plain_url}/v9/key"]
    headers = lab.upstream.seen[0].headers
    assert headers["authorization"] == f"Bearer {KEY}" and headers["x-mine"] == "1"
    assert "x-openrouter-title" not in headers
    assert config(home)["models"]["providers"]["openrouter"]["baseUrl"] == lab.plain_url + "/v9"


def test_a_reference_instead_of_the_key(online, lab):
    words = [*SILENT, "--secret-input-mode", "ref", "--openrouter-api-key", OTHER]
    result = online.run(*words, env={"OPENROUTER_API_KEY": KEY})
    assert result.code == 0, str(result)
    assert profiles(online)["openrouter:default"] == {
        "type": "api_key", "provider": "openrouter",
        "keyRef": {"source": "env", "provider": "default", "id": "OPENROUTER_API_KEY"}}
    assert lab.upstream.seen[0].headers["authorization"] == f"Bearer {KEY}"
    online.run("infer", "model", "run", "--prompt", "x", env={"OPENROUTER_API_KEY": KEY})
    assert lab.upstream.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_result_as_json(online):
    result = online.run(*SILENT, "--openrouter-api-key", KEY, "--json")
    key, file = result.json["outputs"]
    assert result.json["ok"] and result.json["capability"] == "onboard"
    assert result.json["model"] == "openrouter/auto" and result.json["error"] is None
    assert key["stored"] and key["profile"] == "openrouter:default"
    assert key["check"]["result"] == "good" and key["check"]["limitRemaining"] == 8.75
    assert file["written"] and "agents.defaults.model.primary" in file["changed"]
    assert KEY not in result.out
    again = online.run(*SILENT, "--json")
    assert again.json["outputs"][1]["written"] is False and again.json["outputs"][1]["changed"] == []


# ---- the configuration ----

MINE = """{
  // my own file
  "agents": { "defaults": {
      "workspace": "~/w", // where I work
      "models": { "openrouter/auto": { "alias": "mine" }, },
      "model": { "primary": "openrouter/x/y", "fallbacks": ["openrouter/a/b"] },
  } },
  env: { vars: { A: 'b' } },
}
"""


def test_every_other_byte_of_the_configuration_stays(online):
    online.write("home/" + CONFIG, MINE)
    assert online.run(*SILENT, "--openrouter-api-key", KEY).code == 0
    after = (online.home / CONFIG).read_text()
    kept = MINE.replace('"openrouter/x/y"', '"openrouter/auto"').rstrip("}\n").rstrip()
    assert after.startswith(kept.rstrip(",")), after
    assert (online.home / (CONFIG + ".bak")).read_text() == MINE
    assert mode(online.home / CONFIG) == 0o600


def test_a_model_that_is_a_string_becomes_an_object(online):
    online.write("home/" + CONFIG, {"agents": {"defaults": {"model": "openrouter/x/y"}}})
    assert online.run(*SILENT, "--openrouter-api-key", KEY).code == 0
    assert config(online)["agents"]["defaults"]["model"] == {"primary": "openrouter/auto"}


def test_an_order_of_profiles_gets_the_new_one_in_front(online, lab):
    online.write("home/" + CONFIG, {"auth": {"order": {"openrouter": ["openrouter:work"]}}})
    online.run(*SILENT, "--openrouter-api-key", KEY)
    assert config(online)["auth"]["order"]["openrouter"] == ["openrouter:default", "openrouter:work"]
    online.run("infer", "model", "run", "--prompt", "x")
    assert lab.upstream.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_another_key_that_is_used_instead_is_named(online):
    online.write("home/" + CONFIG, {"models": {"providers": {"openrouter": {
        "baseUrl": "https://openrouter.ai/api/v1", "models": [], "auth": "api-key",
        "apiKey": OTHER}}}})
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert "requests use another: models.providers.openrouter.apiKey" in result.out, str(result)


@pytest.mark.parametrize("text", ["{agents: ", "{agents: 5}"], ids=["syntax", "type"])
def test_a_broken_configuration_is_mended_first(online, text):
    online.write("home/" + CONFIG, text)
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 78 and "chela config validate" in result.err, str(result)
    assert written(online) == [CONFIG] and (online.home / CONFIG).read_text() == text


def test_a_part_that_is_included_stops_it_before_the_key_is_stored(online):
    online.write("home/.openclaw/agents.json5", "{defaults: {model: 'openrouter/x/y'}}")
    online.write("home/" + CONFIG, "{agents: {$include: './agents.json5'}}")
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 78 and "agents.json5" in result.err, str(result)
    assert not (online.home / PROFILES).exists()


# ---- the sandbox ----

def test_the_sandbox_without_any_key(home, sandbox):
    result = home.run(*SILENT, "--sandbox", sandbox.url)
    assert result.code == 0 and f"route   {sandbox.url}" in result.out, str(result)
    provider = config(home)["models"]["providers"]["openrouter"]
    assert provider["baseUrl"] == sandbox.url and provider["models"] == []
    assert mode(home.home / CONFIG) == 0o600
    answer = home.run("infer", "model", "run", "--prompt", "What is 12*7?")
    assert answer.code == 0 and "84" in answer.out, str(answer)


def test_the_sandbox_gets_no_real_key(home, sandbox):
    home.store_key(KEY)
    assert home.run(*SILENT, "--sandbox", sandbox.url, env={"OPENROUTER_API_KEY": OTHER}).code == 0
    assert profiles(home)["openrouter:default"]["key"] == KEY
    shown = home.run("explain", "--json", "infer", "model", "run", "--prompt", "x").json
    assert shown["key"]["source"] == "models.providers.openrouter.apiKey"


def test_the_sandbox_with_a_key(home, sandbox):
    assert home.run(*SILENT, "--sandbox", sandbox.url).code == 0
    assert home.run(*SILENT, "--sandbox", sandbox.url, "--openrouter-api-key", KEY).code == 0
    expect_stored(home)
    assert "apiKey" not in config(home)["models"]["providers"]["openrouter"]
    bad = home.run(*SILENT, "--sandbox", sandbox.url, "--openrouter-api-key", "sk-or-bad-1")
    assert bad.code == 77 and "sandbox refuses keys" in bad.err
    expect_stored(home)


@pytest.mark.parametrize("given,url", [
    ([], "http://127.0.0.1:8484/api/v1"), (["7"], "http://127.0.0.1:7/api/v1"),
    (["http://127.0.0.1:7/"], "http://127.0.0.1:7/api/v1"),
    (["http://127.0.0.1:7/v1"], "http://127.0.0.1:7/v1"),
], ids=["default", "port", "host", "base"])
def test_where_the_sandbox_is(home, given, url):
    result = home.run(*SILENT, "--sandbox", *given)
    assert config(home)["models"]["providers"]["openrouter"]["baseUrl"] == url, str(result)


def test_from_the_sandbox_to_openrouter(online):
    online.run(*SILENT, "--sandbox", "7")
    assert online.run(*SILENT).code == 78, "the sandbox's key is none"
    result = online.run(*SILENT, "--openrouter-api-key", KEY)
    assert result.code == 0 and "route   https://openrouter.ai/api/v1" in result.out, str(result)
    assert set(config(online)["models"]["providers"]["openrouter"]) == {"models"}
    expect_stored(online)


def test_the_way_to_another_server_is_asked_about(online, lab):
    online.write("home/" + CONFIG, {"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/v9", "models": []}}}})
    with Terminal(online, "onboard") as screen:
        screen.expect(f"Requests go to {lab.plain_url}/v9")
        screen.expect("[Y/n] ")
        screen.type("n\n")
        answer(screen, KEY)
        assert screen.end().code == 0
    assert str(lab.upstream.seen[0]) == "GET https://openrouter.ai/api/v1/key"
    assert "baseUrl" not in config(online)["models"]["providers"]["openrouter"]


# ---- starting over ----

THEIRS = {
    "agents": {"defaults": {"workspace": "~/w", "models": {
        "openrouter/auto": {}, "anthropic/claude": {"alias": "c"}}, "model": "openrouter/auto"}},
    "auth": {"profiles": {"openrouter:default": {"provider": "openrouter", "mode": "api_key"},
                          "anthropic:a": {"provider": "anthropic", "mode": "oauth"}}},
    "env": {"OPENROUTER_API_KEY": KEY, "OTHER": "x"},
    "models": {"providers": {"openrouter": {"baseUrl": "https://openrouter.ai/api/v1", "models": []},
                             "anthropic": {"baseUrl": "https://a.example", "models": []}}},
}


@pytest.fixture
def used(online):
    """A home in which everything is set up and a conversation was held."""
    online.write("home/" + CONFIG, THEIRS, 0o600)
    online.write("home/" + PROFILES, {"version": 1, "profiles": {
        "openrouter:default": {"type": "api_key", "provider": "openrouter", "key": KEY},
        "anthropic:a": {"type": "oauth", "provider": "anthropic", "access": "x"}}}, 0o600)
    assert online.run("agent", "--session-id", "s", "--message", "hi").code == 0
    return online


def turns(home):
    """How many messages the next turn would carry."""
    shown = home.run("explain", "--json", "agent", "--session-id", "s", "--message", "x")
    return len(shown.json["body"]["messages"])


def test_reset_takes_only_what_is_openrouters(used):
    held = turns(used)
    result = used.run(*SILENT, "--reset", "--auth-choice", "skip")
    assert result.code == 0, str(result)
    after = config(used)
    assert after["env"] == {"OTHER": "x"}
    assert list(after["models"]["providers"]) == ["anthropic"]
    assert after["agents"]["defaults"]["workspace"] == "~/w"
    assert after["agents"]["defaults"]["models"]["anthropic/claude"] == {"alias": "c"}
    assert list(after["auth"]["profiles"]) == ["anthropic:a"]
    assert list(profiles(used)) == ["anthropic:a"]
    backup = json.loads((used.home / (PROFILES + ".bak")).read_text())
    assert backup["profiles"]["openrouter:default"]["key"] == KEY
    assert mode(used.home / (PROFILES + ".bak")) == 0o600
    assert (used.home / ".state/chela/chela.db.bak").stat().st_size > 0
    assert mode(used.home / ".state/chela/chela.db.bak") == 0o600
    used.store_key(KEY)
    assert turns(used) == held - 2


@pytest.mark.parametrize("scope", ["config", "creds", "sessions", "creds+sessions"])
def test_a_scope_leaves_the_others(used, scope):
    held = turns(used)
    assert used.run(*SILENT, "--reset", "--reset-scope", scope, "--auth-choice", "skip").code == 0
    assert ("openrouter" in config(used)["models"]["providers"]) == ("config" not in scope)
    assert ("openrouter:default" in profiles(used)) == ("creds" not in scope)
    used.store_key(KEY)
    assert turns(used) == held - (2 if "sessions" in scope else 0)


def test_reset_asks(used):
    before = used.tree()
    with Terminal(used, "onboard", "--reset") as screen:
        screen.expect("Remove OpenRouter's part of openclaw.json, OpenRouter's stored keys, chela's "
                      "conversations? Copies are kept as .bak. [y/N] ")
        screen.type("\n")
        assert screen.end().code == 130
    assert used.tree() == before
    with Terminal(used, "onboard", "--reset") as screen:
        screen.expect("[y/N] ")
        screen.type("y\n")
        answer(screen, OTHER)
        assert screen.end().code == 0
    assert profiles(used)["openrouter:default"]["key"] == OTHER
