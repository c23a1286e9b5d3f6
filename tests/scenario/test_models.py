"""chela models: choosing, listing, fetching and scanning models."""
import json
import re
import signal
import sqlite3
import time

import pytest

pytestmark = pytest.mark.fast
KIMI = "openrouter/moonshotai/kimi-k2.6"


def row(name, prompt="0.000001", completion="0.000004", context=131072, parameters=("tools", "reasoning"),
        modality="text->text", **more):
    return {"id": name, "name": f"The {name.split('/')[-1]}", "context_length": context,
            "created": 1767225600, "architecture": {"modality": modality},
            "pricing": {"prompt": prompt, "completion": completion},
            "supported_parameters": list(parameters), "top_provider": {"max_completion_tokens": 8192},
            **more}


CATALOGUE = [
    row("openrouter/auto", "-1", "-1", 2000000),
    row("anthropic/claude-sonnet-4.6", "0.000003", "0.000015", modality="text+image->text"),
    row("deepseek/deepseek-v4-pro", reasoning={"supported_efforts": ["high", "low"]}),
    row("moonshotai/kimi-k2.6", modality="text+image->text"),
    row("moonshotai/kimi-k3"),
    row("acme/plain", parameters=["temperature"]),
    row("one/twin-7b"), row("two/twin-7b"),
]


def use(home, lab, rows=None, rules=(), key="sk-or-v1-lab"):
    """Leads home to the lab, which serves these rows."""
    if key:
        home.store_key(key)
    config = {"models": {"providers": {"openrouter": {"baseUrl": lab.plain_url + "/v1", "models": []}}}}
    home.write("home/.openclaw/openclaw.json", config, 0o600)
    models = {"on": "GET /models$", "replies": [{"json": {"data": CATALOGUE if rows is None else rows}}]}
    return lab.serve([models, *rules])


@pytest.fixture
def fetched(home, lab):
    use(home, lab)
    assert home.run("models", "refresh").code == 0
    return home


def config_of(home):
    return home.run("config", "get", "--json", "agents.defaults").json


# ---- choosing ----

@pytest.mark.parametrize("typed,key", [
    (KIMI, KIMI), ("moonshotai/kimi-k2.6", KIMI), ("kimi-k2.6", KIMI), ("KIMI-K2.6", KIMI),
    ("auto", "openrouter/auto"), ("openrouter:auto", "openrouter/auto"),
    ("kimi-k2.6:free", KIMI + ":free"), ("openrouter/new/model-of-today", "openrouter/new/model-of-today"),
])
def test_what_a_reference_sets(fetched, typed, key):
    result = fetched.run("models", "set", typed)
    assert result.code == 0 and result.out.endswith(f"Default model: {key}\n"), str(result)
    assert config_of(fetched)["model"] == {"primary": key}
    assert fetched.run("models", "list", "--plain").out.startswith(key + "\n")


@pytest.mark.parametrize("typed,says", [
    ("twin-7b", "two models have that name: one/twin-7b, two/twin-7b"),
    ("kimi", r"did you mean openrouter/moonshotai/kimi-k2\.6\?"),
    ("kimi-k2.7", r"did you mean openrouter/moonshotai/kimi-k2\.6\?"),
    ("/x", 'model reference "/x"'), ("", "the model reference is empty"),
    ("opnrouter/auto", "did you mean openrouter/auto"),
])
def test_references_that_set_nothing(fetched, typed, says):
    before = fetched.tree()
    result = fetched.run("models", "set", typed)
    assert result.code == 65 and re.search(says, result.err) and result.out == "", str(result)
    assert fetched.tree() == before


def test_a_model_that_the_catalogue_lacks_is_taken_with_a_word(fetched):
    result = fetched.run("models", "set", "moonshotai/kimi-k2.7")
    assert result.code == 0 and re.search(r"no moonshotai/kimi-k2.7 \(did you mean moonshotai/kimi-k2.6", result.err)


def test_set_in_other_forms(home):
    assert home.run("models", "set", "auto", "--plain").out == "openrouter/auto\n"
    result = home.run("models", "set", "kimi-k2.6@work", "--json")
    assert result.json == {"ok": True, "path": str(home.state / "openclaw.json"), "changed": True,
                           "model": KIMI, "profile": "work"}
    assert config_of(home)["model"]["primary"] == KIMI + "@work"
    both = home.run("models", "set", "auto", "--json", "--plain")
    assert both.code == 64 and both.json["error"]["message"] == "Choose either --json or --plain, not both."


def test_a_broken_configuration_is_not_touched(home):
    home.write("home/.openclaw/openclaw.json", "{ agents: { defaults: { model: 7 } } }", 0o600)
    before = home.tree()
    result = home.run("models", "fallbacks", "add", "auto")
    assert result.code == 65 and "agents.defaults.model is a number" in result.err, str(result)
    result = home.run("models", "aliases", "add", "x", "auto")
    assert result.code == 78 and "agents.defaults.model: expected" in result.err, str(result)
    assert home.tree() == before


# ---- aliases and fall-backs ----

def test_aliases(home):
    assert home.run("models", "aliases", "list").out == "Aliases (0):\n- none\n"
    assert home.run("models", "aliases", "list", "--json").json == {"aliases": {}}
    assert "Alias k2 -> " + KIMI in home.run("models", "aliases", "add", "k2", "kimi-k2.6").out
    assert home.run("models", "aliases", "add", "r.o:u-t_er", "auto").code == 0
    assert home.run("models", "aliases", "list").out == (
        f"Aliases (2):\n- k2 -> {KIMI}\n- r.o:u-t_er -> openrouter/auto\n")
    assert home.run("models", "aliases", "list", "--plain").out == f"k2 {KIMI}\nr.o:u-t_er openrouter/auto\n"
    assert home.run("models", "aliases", "list", "--json").json == {
        "aliases": {"k2": KIMI, "r.o:u-t_er": "openrouter/auto"}}
    taken = home.run("models", "aliases", "add", "K2", "auto")
    assert taken.code == 65 and f"Alias K2 already points to {KIMI}." in taken.err
    bad = home.run("models", "aliases", "add", "a b", "auto")
    assert bad.code == 65 and "Alias must use letters, numbers, dots, underscores, colons, or dashes." in bad.err
    gone = home.run("models", "aliases", "remove", "k3")
    assert gone.code == 65 and "Alias not found: k3" in gone.err and "did you mean k2?" in gone.err
    assert home.run("models", "aliases", "remove", "k2", "--json").json["alias"] == "k2"
    assert home.run("models", "aliases", "list", "--plain").out == "r.o:u-t_er openrouter/auto\n"


@pytest.mark.parametrize("which,title,member", [
    ("fallbacks", "Fallbacks", "model"), ("image-fallbacks", "Image fallbacks", "imageModel")])
def test_fallbacks(home, which, title, member):
    def run(*words):
        return home.run("models", which, *words)
    assert run("list").out == f"{title} (0):\n- none\n"
    assert run("add", "auto").out.endswith(f"{title}: openrouter/auto\n")
    assert run("add", "kimi-k2.6").code == 0
    twice = run("add", "openrouter/openrouter/auto")
    assert twice.code == 0 and "nothing was written" in twice.out
    assert run("list").out == f"{title} (2):\n- openrouter/auto\n- {KIMI}\n"
    assert run("list", "--plain").out == f"openrouter/auto\n{KIMI}\n"
    assert run("list", "--json").json == {"fallbacks": ["openrouter/auto", KIMI]}
    defaults = config_of(home)
    assert defaults[member] == {"fallbacks": ["openrouter/auto", KIMI]}
    assert set(defaults["models"]) == {"openrouter/auto", KIMI}
    unknown = run("remove", "openrouter/moonshotai/kimi-k2.5")
    assert unknown.code == 65 and "Fallback not found: openrouter/moonshotai/kimi-k2.5" in unknown.err
    assert "did you mean " + KIMI in unknown.err
    assert run("remove", "auto", "--json").json["fallbacks"] == [KIMI]
    assert run("clear").out.endswith("cleared.\n")
    assert run("list", "--json").json == {"fallbacks": []}


def test_mistyped_subcommands(home):
    result = home.run("models", "fallback", "list")
    assert result.code == 64 and "models fallbacks list" in result.err
    assert "chela models set REF" in home.run("models").out


# ---- cool-downs ----

def test_cooldowns(home, lab):
    nothing = home.run("models", "cooldowns", "list")
    assert nothing.code == 0 and nothing.out == "Cool-downs (0):\n- none\n"
    assert home.run("models", "cooldowns", "clear").out == "0 models are asked again\n"
    assert not (home.home / ".state/chela/chela.db").exists(), "asking makes no store"
    use(home, lab, rules=[{"on": "POST /chat/completions$", "replies": [{"answer": ["Hello"]}]}])
    assert home.run("agent", "--session-id", "s", "--message", "x").code == 0
    until = int(time.time() * 1000) + 600000
    with sqlite3.connect(home.home / ".state/chela/chela.db") as store:
        store.executemany("INSERT INTO cooldown(model, key, since_ms, until_ms, failures, code, message)"
                          " VALUES(?, 'sk-…aaaa', 1, ?, 2, 'rate_limited', 'too many')",
                          [("moonshotai/kimi-k2.6", until), ("openrouter/auto", until + 1)])
    store.close()
    listed = home.run("models", "cooldowns", "list", "--json").json["coolDowns"]
    assert [row["model"] for row in listed] == ["moonshotai/kimi-k2.6", "openrouter/auto"]
    assert listed[0]["failures"] == 2 and 0 < listed[0]["remainingMs"] <= 600000
    assert re.search(r"- moonshotai/kimi-k2.6 with sk-…aaaa: \d+ s left after 2 failures: too many\n",
                     home.run("models", "cooldowns", "list").out)
    assert home.run("models", "cooldowns", "clear", "a/b").out == "0 models are asked again\n"
    assert home.run("models", "cooldowns", "clear", "kimi-k2.6").out == "1 model is asked again\n"
    assert home.run("models", "cooldowns", "list", "--plain").out == "openrouter/auto\n"
    assert home.run("models", "cooldowns", "clear", "--json").json == {"ok": True, "cleared": 1}


# ---- list ----

def test_list_off_line(home):
    result = home.run("models", "list")
    assert result.code == 0 and "no catalogue was fetched yet" in result.err
    lines = result.out.splitlines()
    assert lines[0].split() == ["Model", "Input", "Ctx", "Local", "Auth", "$/M", "in/out", "Thinking", "Tags"]
    assert lines[1].split() == ["openrouter/auto", "text+image", "195k", "no", "no", "-", "off", "default"]
    assert lines[2].split() == [KIMI, "text+image", "256k", "no", "no", "0.8/3.5", "high"]
    assert home.run("models", "list", "--plain").out == f"openrouter/auto\n{KIMI}\n"
    listed = home.run("models", "list", "--json").json
    assert listed["count"] == 2 and listed["catalogue"] == {"source": "bundled", "ageMs": None}
    assert listed["models"][1] == {
        "key": KIMI, "name": "Kimi K2.6", "input": "text+image", "contextWindow": 262144,
        "local": False, "available": False, "tags": [], "missing": False, "maxTokens": 262144,
        "thinkingLevels": ["off", "minimal", "low", "medium", "high"], "tools": True,
        "cost": {"input": 0.8, "output": 3.5, "cacheRead": 0.2, "cacheWrite": 0}}


def test_list_of_what_is_configured(home, lab):
    use(home, lab)
    home.run("models", "refresh")
    config = home.run("config", "get", "--json").json
    config["agents"] = {"defaults": {
        "model": {"primary": "openrouter/deepseek/deepseek-v4-pro", "fallbacks": ["auto", "acme/plain"]},
        "imageModel": {"primary": "anthropic/claude-sonnet-4.6", "fallbacks": [KIMI]},
        "models": {KIMI: {"alias": "k2"}, "openrouter/gone/model": {}, "openrouter/*": {}}}}
    home.write("home/.openclaw/openclaw.json", config, 0o600)
    listed = {model["key"]: model for model in home.run("models", "list", "--json").json["models"]}
    assert [(key, model["tags"], model["missing"]) for key, model in listed.items()] == [
        ("openrouter/deepseek/deepseek-v4-pro", ["default"], False),
        ("openrouter/auto", ["fallback#1"], False),
        ("openrouter/acme/plain", ["fallback#2"], False),
        ("openrouter/anthropic/claude-sonnet-4.6", ["image"], False),
        (KIMI, ["img-fallback#1", "configured", "alias:k2"], False),
        ("openrouter/gone/model", ["configured"], True)]
    levels = {key: model["thinkingLevels"] for key, model in listed.items()}
    assert levels["openrouter/deepseek/deepseek-v4-pro"] == ["off", "minimal", "low", "medium", "high", "xhigh"]
    assert levels["openrouter/acme/plain"] == ["off"] == levels["openrouter/auto"]
    claude = listed["openrouter/anthropic/claude-sonnet-4.6"]
    assert claude["cost"] == {"input": 3, "output": 15, "cacheRead": None, "cacheWrite": None}
    assert all(model["local"] and model["available"] for model in listed.values())
    text = home.run("models", "list")
    assert text.err == "" and "configured,missing" in text.out and "img-fallback#1,configured,alias:k2" in text.out
    assert home.run("models", "list", "--local", "--plain").out.count("\n") == 6


def test_list_of_everything(fetched):
    every = fetched.run("models", "list", "--all", "--plain").out.split()
    assert len(every) == len(CATALOGUE) and every[0] == "openrouter/auto"
    assert fetched.run("models", "list", "--plain").out == "openrouter/auto\n"
    of_kimi = fetched.run("models", "list", "KIMI", "--plain").out.split()
    assert of_kimi == [KIMI, "openrouter/moonshotai/kimi-k3"]
    assert fetched.run("models", "list", "kimi", "k3", "--plain").out.split() == of_kimi[1:]
    assert fetched.run("models", "list", "--all", "--provider", "Anthropic", "--plain").out.split() == [
        "openrouter/anthropic/claude-sonnet-4.6"]
    nothing = fetched.run("models", "list", "--all", "--provider", "ollama")
    assert nothing.out == "No models found.\n" and "only provider" in nothing.err
    assert fetched.run("models", "list", "--provider", "ollama", "--json").json["count"] == 0
    assert fetched.run("models", "list", "--free", "--plain").out == ""


def test_another_providers_models_are_left_out_with_a_word(home):
    home.write("home/.openclaw/openclaw.json", {
        "models": {"providers": {"ollama": {"baseUrl": "http://127.0.0.1:1", "models": []}}},
        "agents": {"defaults": {"model": {"primary": "openrouter/auto", "fallbacks": ["ollama/qwen3:14b"]}}}})
    result = home.run("models", "list")
    assert result.code == 0 and "1 configured model of other providers is left out" in result.err


# ---- refresh ----

def test_refresh(home, lab):
    use(home, lab, CATALOGUE[:3])
    first = home.run("models", "refresh")
    assert first.code == 0 and first.out == f"3 models from {lab.plain_url}/v1\n"
    use(home, lab, CATALOGUE[1:])
    again = home.run("models", "refresh")
    assert again.out == (f"7 models from {lab.plain_url}/v1\n"
                         "5 new: moonshotai/kimi-k2.6, moonshotai/kimi-k3, acme/plain, one/twin-7b, two/twin-7b\n"
                         "1 gone\n")
    result = home.run("models", "refresh", "--json").json
    assert result["ok"] and result["count"] == 7 and result["added"] == [] and result["removed"] == 0
    assert abs(result["fetchedAtMs"] - time.time() * 1000) < 60000
    age = home.run("models", "list", "--json").json["catalogue"]
    assert age["source"] == "cache" and 0 <= age["ageMs"] < 60000


@pytest.mark.parametrize("reply,code,says", [
    ({"status": 503, "json": {"error": {"message": "resting"}}}, 75, "resting"),
    ({"json": {"data": []}}, 76, "no row in it has an id"),
    ({"text": "<html>", "type": "text/html"}, 76, "is no JSON"),
    ({"hang_up": True}, 69, "without an answer"),
], ids=["503", "empty", "html", "hang-up"])
def test_a_refresh_that_fails_keeps_what_is_there(fetched, lab, reply, code, says):
    lab.serve([{"on": "GET /models$", "replies": [reply]}])
    result = fetched.run("models", "refresh")
    assert result.code == code and says in result.err and "/v1/models: " in result.err, str(result)
    assert fetched.run("models", "refresh", "--json").json["ok"] is False
    assert fetched.run("models", "list", "--all", "--json").json["count"] == len(CATALOGUE)


def test_a_refresh_of_the_verified_route_sends_no_key(home, lab):
    upstream = lab.serve([{"on": "GET /models$", "replies": [{"json": {"data": CATALOGUE}}]}])
    home.store_key("sk-or-v1-lab")
    assert home.run("models", "refresh", env=lab.env).code == 0
    asked = upstream.seen[0]
    assert asked.origin == "https://openrouter.ai" and asked.path == "/api/v1/models"
    assert "authorization" not in asked.headers and asked.headers["x-openrouter-title"] == "OpenClaw"


# ---- scan ----

FREE = [
    row("acme/slow-70b:free", "0", "0", 65536),
    row("acme/seeing-e4b:free", "0", "0", 32768, modality="text+image->text"),
    row("acme/mute-235b-a22b:free", "0", "0"),
    row("acme/costs-nothing", "0", "0", 8192, parameters=["temperature"]),
    row("old/one-7b:free", "0", "0", created=1500000000),
    row("acme/costs-something"),
]
CALL = {"id": "c1", "type": "function", "function": {"name": "ping", "arguments": "{}"}}
PROBES = [
    {"on": "POST /chat/completions$", "body": "slow-70b.*ping", "replies": [{"answer": [], "calls": [CALL], "delay": 0.4}]},
    {"on": "POST /chat/completions$", "body": "seeing-e4b.*ping", "replies": [{"answer": [], "calls": [CALL]}]},
    {"on": "POST /chat/completions$", "body": "seeing-e4b.*image/png", "replies": [{"answer": ["OK"]}]},
    {"on": "POST /chat/completions$", "body": "mute-235b", "replies": [{"answer": ["I would rather talk."]}]},
    {"on": "POST /chat/completions$", "body": "costs-nothing", "replies": [{"status": 404, "json": {
        "error": {"code": 404, "message": "No endpoints found"}}}]},
    {"on": "POST /chat/completions$", "body": "one-7b", "replies": [{"answer": [], "calls": [CALL], "delay": 0.8}]},
]


def test_scan_without_probes(home, lab):
    upstream = use(home, lab, FREE)
    before = home.tree()
    result = home.run("models", "scan", "--no-probe", "--json")
    assert result.code == 0 and not upstream.asked
    models = {model["id"]: model for model in result.json}
    assert set(models) == {row["id"] for row in FREE[:5]}
    assert models["acme/mute-235b-a22b:free"] == {
        "id": "acme/mute-235b-a22b:free", "name": "The mute-235b-a22b:free", "provider": "openrouter",
        "modelRef": "openrouter/acme/mute-235b-a22b:free", "contextLength": 131072,
        "maxCompletionTokens": 8192, "supportedParametersCount": 2, "supportsToolsMeta": True,
        "modality": "text->text", "inferredParamB": 235, "createdAtMs": 1767225600000,
        "pricing": {"prompt": 0, "completion": 0, "request": 0, "image": 0, "webSearch": 0,
                    "internalReasoning": 0},
        "isFree": True, "tool": {"ok": False, "latencyMs": None, "skipped": True},
        "image": {"ok": False, "latencyMs": None, "skipped": True}}
    assert models["acme/seeing-e4b:free"]["inferredParamB"] == 4
    assert models["acme/costs-nothing"]["inferredParamB"] is None
    text = home.run("models", "scan", "--no-probe", "--min-params", "50").out
    assert "2 free models" in text and "235b" in text and "slow-70b" in text
    young = home.run("models", "scan", "--no-probe", "--json", "--max-age-days", "3000").json
    assert "old/one-7b:free" not in {model["id"] for model in young}
    assert [model["id"] for model in home.run("models", "scan", "--no-probe", "--json", "--provider", "OLD").json] == [
        "old/one-7b:free"]
    after = home.tree()
    assert all(after[path] == content for path, content in before.items()), "only the cache is written"


def test_scan_without_a_key_only_lists(home, lab):
    upstream = use(home, lab, FREE, key=None)
    result = home.run("models", "scan", "--yes")
    assert result.code == 0 and "there is no key" in result.err and not upstream.asked
    refused = home.run("models", "scan", "--yes", "--set-default")
    assert refused.code == 78 and "Cannot apply metadata-only OpenRouter scan results" in refused.err


def test_scan_sets_the_fallbacks(home, lab):
    upstream = use(home, lab, FREE, PROBES)
    home.run("models", "set", "kimi-k2.6")
    result = home.run("models", "scan", "--yes")
    assert result.code == 0, str(result)
    assert "5 free models were asked: 3 call tools, 1 look at pictures, 1 both" in result.out
    assert re.search(r"mute-235b-a22b:free +fail +skip +128k +235b +it called no tool", result.out)
    assert "Fallbacks: openrouter/acme/seeing-e4b:free\n" in result.out, "what also sees goes first, and alone"
    defaults = config_of(home)
    assert defaults["model"] == {"primary": KIMI, "fallbacks": ["openrouter/acme/seeing-e4b:free"]}
    assert defaults["imageModel"] == {"fallbacks": ["openrouter/acme/seeing-e4b:free"]}
    assert set(defaults["models"]) == {KIMI, "openrouter/acme/seeing-e4b:free"}
    probe = next(request for request in upstream.asked if b"slow-70b" in request.raw).body
    assert probe["tool_choice"] == "required" and probe["max_tokens"] == 256 and probe["temperature"] == 0
    assert {request.headers["authorization"] for request in upstream.asked} == {"Bearer sk-or-v1-lab"}


def test_scan_as_json_and_as_default(home, lab):
    use(home, lab, [FREE[0], FREE[2], FREE[4]], PROBES)
    result = home.run("models", "scan", "--json", "--set-default", "--max-candidates", "1").json
    assert result["selected"] == ["openrouter/acme/slow-70b:free"] and result["selectedImages"] == []
    assert result["setDefault"] is True and result["setImage"] is False and result["warnings"] == []
    probes = {model["id"]: model["tool"] for model in result["results"]}
    assert list(probes) == ["acme/mute-235b-a22b:free", "acme/slow-70b:free", "old/one-7b:free"]
    assert probes["acme/slow-70b:free"]["ok"] and 400 <= probes["acme/slow-70b:free"]["latencyMs"] < 5000
    assert probes["acme/mute-235b-a22b:free"]["error"] == "it called no tool"
    assert config_of(home)["model"] == {"primary": "openrouter/acme/slow-70b:free",
                                        "fallbacks": ["openrouter/acme/slow-70b:free"]}


@pytest.mark.parametrize("words,code,says", [
    ([], 64, "Non-interactive scan: pass --yes"),
    (["--no-probe", "--set-default"], 64, "Cannot apply metadata-only"),
    (["--yes", "--set-image"], 69, "No image-capable models selected"),
    (["--yes", "--min-params", "x"], 64, "--min-params must be >= 0"),
    (["--yes", "--max-candidates", "0"], 64, "--max-candidates must be 1 to 64"),
    (["--yes", "--provider", "nobody"], 69, "No tool-capable OpenRouter free models found"),
    (["--yes", "--timeout", "50", "--provider", "acme"], 69, "No tool-capable"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_scans_that_change_nothing(home, lab, words, code, says):
    use(home, lab, [FREE[0], FREE[4]], PROBES)
    before = (home.state / "openclaw.json").read_bytes()
    result = home.run("models", "scan", *words)
    assert result.code == code and says in result.err, str(result)
    assert (home.state / "openclaw.json").read_bytes() == before


def test_a_scan_is_cancelled(home, lab):
    upstream = use(home, lab, [FREE[0]], [{"on": "POST /chat/completions$", "replies": [
        {"answer": ["too late"], "delay": 20}]}])
    process = home.start("models", "scan", "--yes")
    end = time.monotonic() + 20
    while not upstream.asked and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130 and b"cancelled" in err, err
    assert "agents" not in json.loads((home.state / "openclaw.json").read_text())
