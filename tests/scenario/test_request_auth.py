"""models.providers.openrouter.request: another way to authorise, and headers of the user's own."""
import pytest

from support.program import Home

pytestmark = pytest.mark.fast
ASK = ["infer", "model", "run", "--model", "openrouter/auto", "--prompt", "Hi"]
SECRET = "team-0123456789-abcdefgh"


@pytest.fixture
def asked(tmp_path, lab):
    """Runs a request with this `request` object; gives the home and what came to the server."""
    def run(request, key="sk-or-v1-stored", **env):
        upstream = lab.serve([{"on": "GET /models$", "replies": [{"json": {"data": []}}]},
                              {"on": "POST /chat/completions$", "replies": [{"answer": ["Hello."]}]}])
        home = Home(tmp_path, config={"models": {"providers": {"openrouter": {
            "baseUrl": lab.plain_url + "/v1", "models": [], "request": request}}}}, key=key, env=env)
        result = home.run(*ASK)
        return home, result, upstream
    return run


def test_a_header_of_its_own(asked):
    home, result, upstream = asked({"auth": {"mode": "header", "headerName": "X-Team-Key", "value": "${TEAM}",
                                             "prefix": "Team "},
                                    "headers": {"x-team-key": "mine", "Authorization": "mine", "X-Other": "1"}},
                                   key=None, TEAM=SECRET)
    assert result.code == 0, str(result)
    assert upstream.seen, "the catalogue is asked for in the same way"
    for request in upstream.seen:
        assert request.headers["x-team-key"] == "Team " + SECRET and request.headers["x-other"] == "1"
        assert "authorization" not in request.headers
    shown = home.run("explain", *ASK)
    assert shown.code == 0 and SECRET not in shown.out
    assert "X-Team-Key: " in shown.out and "Authorization: " not in shown.out
    assert "models.providers.openrouter.request.auth" in shown.out
    document = home.run("explain", "--json", *ASK).json
    assert set(document["headers"]) >= {"X-Team-Key", "X-Other"} and "Authorization" not in document["headers"]
    assert [c["where"] for c in document["changes"] if c["rule"] == "authorization"] == ["header X-Team-Key"]
    dropped = {c["where"] for c in document["changes"]
               if c["rule"] == "configured-headers" and c["kind"] == "dropped"}
    assert dropped == {"header x-team-key", "header Authorization"}


def test_another_token(asked):
    home, result, upstream = asked({"auth": {"mode": "authorization-bearer", "token": {
        "source": "env", "provider": "default", "id": "TEAM"}}}, TEAM=SECRET)
    assert result.code == 0, str(result)
    assert {request.headers["authorization"] for request in upstream.asked} == {"Bearer " + SECRET}
    shown = home.run("explain", *ASK).out
    assert "request.auth.token" in shown and SECRET not in shown


def test_as_the_provider_does(asked):
    _, result, upstream = asked({"auth": {"mode": "provider-default"}})
    assert result.code == 0
    assert upstream.asked[0].headers["authorization"] == "Bearer sk-or-v1-stored"


@pytest.mark.parametrize("auth,code,says", [
    ({"mode": "header", "headerName": "X-Key"}, 78, 'needs a "value"'),
    ({"mode": "header", "value": "x"}, 78, 'needs a "headerName"'),
    ({"mode": "header", "value": "x", "headerName": "Content-Length"}, 78, 'needs a "headerName"'),
    ({"mode": "header", "value": "x", "headerName": "a b"}, 78, 'needs a "headerName"'),
    ({"mode": "authorization-bearer"}, 78, 'needs a "token"'),
    ({"mode": "authorization-bearer", "token": "${NOT_SET_ANYWHERE}"}, 78, "NOT_SET_ANYWHERE"),
    ({"mode": "bearer"}, 78, "request.auth.mode: expected"),
], ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "")
def test_what_is_incomplete_is_an_error_and_nothing_is_sent(asked, auth, code, says):
    _, result, upstream = asked({"auth": auth})
    assert result.code == code and says in result.err, str(result)
    assert not upstream.asked
