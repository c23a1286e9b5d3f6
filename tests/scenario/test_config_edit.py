"""Commands that edit openclaw.json: what is left of it; and what config set and unset refuse."""
import json
import re

import pytest

from support import edit_cases
from support.program import assert_clean, Result

pytestmark = pytest.mark.fast
CONFIG = "home/.openclaw/openclaw.json"


def text_of(home):
    return (home.state / "openclaw.json").read_bytes().decode()


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("case", edit_cases.read("edits.txt") + edit_cases.read("edits-models.txt"),
                         ids=lambda case: case.title)
def test_the_rest_stays_byte_for_byte(home, case, ends):
    home.write(CONFIG, case.before.replace("\n", ends).encode())
    for command in case.commands:
        kept = text_of(home)
        result = home.run(*command)
        assert result.code == 0 and result.out.startswith("Updated "), str(result)
        assert (home.state / "openclaw.json.bak").read_bytes().decode() == kept
    assert text_of(home) == case.after.replace("\n", ends)
    again = home.run(*case.commands[-1])
    assert re.search("nothing was written|is not set|not found", again.out + again.err), str(again)
    assert text_of(home) == case.after.replace("\n", ends)


def test_the_result_as_json(home):
    result = home.run("config", "set", "--json", "gateway.port", "19001")
    assert result.code == 0 and result.err == ""
    assert result.json == {"ok": True, "path": str(home.state / "openclaw.json"), "changed": True,
                           "outputs": [{"path": "gateway.port"}]}
    assert home.run("config", "unset", "--json", "gateway.port").json["changed"] is True
    failed = home.run("config", "unset", "--json", "gateway.port")
    assert failed.code == 65 and failed.json["error"]["code"] == "bad_input"


@pytest.mark.parametrize("words,code,says", [
    (["agents.defaults.modle", "x"], 65, r'modle: unknown key; did you mean "model"\?\n.*chela doc set'),
    (["agents.defaults", "{modle: 'x'}"], 65, r'agents\.defaults\.modle: unknown key'),
    (["agents.defaults.timeoutSeconds", "soon"], 65, r"timeoutSeconds: expected a number, found a string"),
    (["agents.defaults.thinkingDefault", "hgh"], 65, r'found "hgh"; did you mean "high"'),
    (["agents.defaults.model", "{primary: 'x'"], 64, r"not JSON5: line 1, column 14"),
    (["agents.defaults.model", "'x"], 64, r"not JSON5"),
    (["--strict-json", "agents.defaults.model", "auto"], 64, "not JSON5.*\n.*'\"auto\"'"),
    (["--strict-json", "env.X", "5"], 65, "env.X: expected a string, found the number 5"),
    (["ui.x", "1"], 65, "ui is a string, not an object"),
    (["a..b", "1"], 65, "position 3: expected a name"),
    (["list[1]", "1"], 65, "first index is 0"),
    (["", "5"], 65, "expected an object"),
    ([], 64, "the path is missing"),
    (["ui"], 64, "the value is missing"),
    (["ui", "1", "2"], 64, "unexpected"),
    (["ui", "--ref-source", "env"], 64, "needs --ref-source and --ref-id"),
    (["ui", "x", "--ref-source", "env", "--ref-id", "X"], 64, "no value"),
    (["ui", "--provider-source", "env"], 64, "secrets.providers.NAME"),
    (["--batch-json", "{}"], 65, "the batch: expected an array"),
    (["--batch-json", "[{path: 'ui'}]"], 65, "item 1 needs one of"),
    (["--batch-json", "[{value: 1}]"], 65, 'item 1 has no "path"'),
    (["--batch-json", "[", "--ref-id", "x"], 64, "exclude each other"),
    (["--batch-json", "["], 65, "the batch: line 1"),
    (["--batch-file", "nowhere.json"], 66, "nowhere.json"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_is_refused_changes_nothing(home, words, code, says):
    home.write(CONFIG, "{ ui: 'x' } // mine\n", 0o600)
    before = home.tree()
    result = home.run("config", "set", *words)
    assert result.code == code and re.search(says, result.err) and result.out == "", str(result)
    assert home.tree() == before


def test_a_batch_is_all_or_nothing(home):
    home.write("batch.json", [{"path": "ui", "value": 1},
                              {"path": "agents.defaults.timeoutSeconds", "value": "x"}])
    result = home.run("config", "set", "--batch-file", "batch.json")
    assert result.code == 65 and "timeoutSeconds" in result.err
    assert not (home.state / "openclaw.json").exists()
    home.run("config", "set", "--batch-file", "-", stdin='[{path: "ui", value: 1}]')
    assert home.run("config", "get", "ui").out == "1\n"


def test_a_dry_run_writes_nothing(home):
    home.write(CONFIG, "{}\n", 0o600)
    before = home.tree()
    assert "would be updated" in home.run("config", "set", "--dry-run", "ui", "1").out
    assert home.run("config", "set", "--dry-run", "agents", "1").code == 65
    assert home.tree() == before


def test_warnings_that_an_edit_brings(home):
    home.write(CONFIG, '{ gateway: { token: "${OLD}" } }\n', 0o600)
    result = home.run("config", "set", "models.providers.openrouter.apiKey", "${NEW_KEY}")
    assert result.code == 0 and "NEW_KEY" in result.err and "OLD" not in result.err


def test_a_file_with_problems_is_mended_key_by_key(home):
    home.write(CONFIG, "{ agents: { defaults: { model: 7, timeoutSeconds: 'x' } } } // old\n", 0o600)
    other = home.run("config", "set", "ui", "1")
    assert other.code == 78 and re.search(r"openclaw\.json:1:32: agents\.defaults\.model", other.err)
    assert home.run("config", "unset", "agents.defaults.timeoutSeconds").code == 0
    assert home.run("config", "set", "agents.defaults.model", "openrouter/auto").code == 0
    assert text_of(home) == '{ agents: { defaults: { model: "openrouter/auto" } } } // old\n'
    home.write(CONFIG, "{ agents: {\n", 0o600)
    result = home.run("config", "set", "ui", "1")
    assert result.code == 78 and "openclaw.json:2:1" in result.err and "by hand" in result.err


def test_an_included_file_is_named(home):
    home.write("home/.openclaw/agents.json5", "{ defaults: { model: 'openrouter/auto' } }\n")
    home.write(CONFIG, "{ agents: { $include: './agents.json5' } }\n", 0o600)
    before = home.tree()
    for words in (["set", "agents.defaults.model", "x/y"], ["unset", "agents.defaults.model"]):
        result = home.run("config", *words)
        assert result.code == 78 and "agents.json5:1:22" in result.err, str(result)
    assert home.tree() == before


def test_processes_that_edit_at_once(home):
    """Four writers and a reader that never sees half a file."""
    home.write(CONFIG, "{ // all of these\n  env: { vars: { FIRST: '1' } },\n}\n", 0o600)
    running = []
    for writer in "ABCD":
        script = [["config", "set", f"env.vars.{writer}{i}", str(i)] for i in range(5)]
        running.append(script)
    for step in range(5):
        processes = [home.start(*script[step]) for script in running]
        assert home.run("config", "get", "env.vars.FIRST").out == "1\n"
        for script, process in zip(running, processes):
            out, err = process.communicate(timeout=60)
            result = Result(script[step], process.returncode, out, err)
            assert_clean(result)
            assert result.code == 0, str(result)
    got = home.run("config", "get", "--json", "env.vars").json
    assert got == {"FIRST": "1", **{f"{w}{i}": str(i) for w in "ABCD" for i in range(5)}}
    assert text_of(home).startswith("{ // all of these\n")
    assert {path.name for path in home.state.iterdir()} == {"openclaw.json", "openclaw.json.bak"}


def test_the_schema(home):
    schema = json.loads(home.run("config", "schema").out)
    defaults = schema["properties"]["agents"]["properties"]["defaults"]["properties"]
    assert defaults["model"]["type"] == ["string", "object"]
    assert "xhigh" in defaults["thinkingDefault"]["enum"]
    assert defaults["compaction"] is True and "additionalProperties" not in schema
    listed = schema["properties"]["agents"]["properties"]["list"]["items"]
    assert listed["required"] == ["id"]
    own = json.loads(home.run("config", "schema", "--chela").out)
    assert own["additionalProperties"] is False and "attribution" in own["properties"]
