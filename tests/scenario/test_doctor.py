"""chela doctor: each finding, what to do about it, and an exit status that counts."""
from support.program import Home

SETTINGS = {"models": {"providers": {"openrouter": {"models": []}}}}


def findings(result):
    return {finding["check"]: finding for finding in result.json["outputs"]}


def home_at(lab, tmp_path, **more):
    SETTINGS["models"]["providers"]["openrouter"]["baseUrl"] = lab.plain_url + "/api/v1"
    return Home(tmp_path, config=SETTINGS, **more)


def test_all_is_well(lab, tmp_path):
    lab.serve([{"on": "GET /key$", "replies": [{"json": {"data": {"label": "mine"}}}]}])
    home = home_at(lab, tmp_path, key="sk-or-v1-doctor")
    result = home.run("doctor", "--json")
    assert result.code == 0 and result.json["ok"] is True, str(result)
    found = findings(result)
    assert {"configuration", "route", "key", "catalogue", "store", "terminal", "player"} <= set(found)
    assert found["key"]["level"] == "good" and "takes it" in found["key"]["text"]
    assert "sk-or-v1-doctor" not in result.out


def test_a_refused_key_is_wrong(lab, tmp_path):
    lab.serve([{"on": "GET /key$", "replies": [{"status": 401, "json": {"error": {"code": 401}}}]}])
    result = home_at(lab, tmp_path, key="sk-or-v1-doctor").run("doctor", "--json")
    key = findings(result)["key"]
    assert result.code == 78 and key["level"] == "wrong" and "onboard" in key["todo"], str(result)


def test_no_key_and_no_network(lab, tmp_path):
    upstream = lab.serve([])
    result = home_at(lab, tmp_path).run("doctor", "--offline")
    assert result.code == 78 and not upstream.seen, str(result)
    assert "WRONG  key" in result.out and "1 thing to mend" in result.err


def test_a_broken_configuration_is_named(tmp_path):
    result = Home(tmp_path, config="{ agents: ").run("doctor", "--json")
    assert result.code == 78, str(result)
    assert findings(result)["configuration"]["level"] == "wrong"
